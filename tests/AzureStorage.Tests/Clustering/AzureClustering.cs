using Azure.Core;
using Azure.Data.Tables;
using Orleans.Clustering.AzureStorage;
using SmallBatch.AzureStorage.Clustering;
using SmallBatch.AzureStorage.Tests.Faults;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Clustering;

/// <summary>Membership tables on Azurite.</summary>
internal static class AzureClustering
{
    public const string TableName = "OrleansSiloInstances";

    public static AzureTableMembership Table(AzuriteFixture azurite, string clusterId, RequestWatch? watch = null)
    {
        var options = new TableClientOptions();
        if (watch is not null)
        {
            options.AddPolicy(watch, HttpPipelinePosition.PerCall);
        }

        return Table(new TableServiceClient(azurite.ConnectionString, options), clusterId);
    }

    public static AzureTableMembership Table(TableServiceClient tables, string clusterId, string name = TableName) =>
        new(new Lazy<AzureStorageClusteringOptions>(new AzureStorageClusteringOptions { TableServiceClient = tables, TableName = name }), clusterId);

    public static async Task FillAsync(AzuriteFixture azurite, string clusterId, IReadOnlyList<MembershipEntry> entries)
    {
        await Table(azurite, clusterId).InitializeMembershipTableAsync(true, TestContext.Current.CancellationToken);
        var rows = azurite.Tables.GetTableClient(TableName);
        foreach (var batch in entries.Chunk(100))
        {
            await rows.SubmitTransactionAsync(batch.Select(e => new TableTransactionAction(TableTransactionActionType.Add, SiloRow.Write(clusterId, e))), TestContext.Current.CancellationToken);
        }
    }
}
