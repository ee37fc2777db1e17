using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Messaging;
using SmallBatch.AzureStorage.Clustering;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Clustering;

public sealed class AzureMembershipTests(AzuriteFixture azurite) : MembershipConformance
{
    protected override IMembershipTable Table(string clusterId) => AzureClustering.Table(azurite, clusterId);

    protected override Task FillAsync(string clusterId, IReadOnlyList<MembershipEntry> entries) => AzureClustering.FillAsync(azurite, clusterId, entries);

    [Fact]
    public async Task A_table_without_its_boundary_rows_is_refused()
    {
        var cluster = $"b{Guid.NewGuid():N}";
        var table = Table(cluster);
        await table.InitializeMembershipTableAsync(true, TestContext.Current.CancellationToken);
        await azurite.Tables.GetTableClient("OrleansSiloInstances").DeleteEntityAsync(cluster, "~End", cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => table.ReadAllAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_view_whose_boundaries_disagree_is_never_answered()
    {
        var cluster = $"v{Guid.NewGuid():N}";
        var table = Table(cluster);
        await table.InitializeMembershipTableAsync(true, TestContext.Current.CancellationToken);
        var rows = azurite.Tables.GetTableClient("OrleansSiloInstances");
        await rows.UpsertEntityAsync(new TableEntity(cluster, "~End") { ["DeploymentId"] = cluster, ["MembershipVersion"] = "7" }, cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Orleans.Storage.InconsistentStateException>(() => table.ReadAllAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_fails_the_whole_view()
    {
        var cluster = $"m{Guid.NewGuid():N}";
        var table = Table(cluster);
        await table.InitializeMembershipTableAsync(true, TestContext.Current.CancellationToken);
        var rows = azurite.Tables.GetTableClient("OrleansSiloInstances");
        await rows.AddEntityAsync(new TableEntity(cluster, "127.0.0.1-1-1") { ["Address"] = "127.0.0.1", ["Port"] = "one" }, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<FormatException>(() => table.ReadAllAsync(TestContext.Current.CancellationToken));
    }
}

public sealed class AzureGatewayTests(AzuriteFixture azurite) : GatewayConformance
{
    protected override IGatewayListProvider Gateways(string clusterId) => new AzureGatewayList(
        Options.Create(new AzureStorageGatewayOptions { TableServiceClient = azurite.Tables }), Options.Create(new GatewayOptions()), Options.Create(new ClusterOptions { ClusterId = clusterId }));

    protected override Task FillAsync(string clusterId, IReadOnlyList<MembershipEntry> entries) => AzureClustering.FillAsync(azurite, clusterId, entries);
}

internal static class AzureClustering
{
    public static AzureTableMembership Table(AzuriteFixture azurite, string clusterId) => new(new Lazy<AzureStorageClusteringOptions>(new AzureStorageClusteringOptions { TableServiceClient = azurite.Tables }), clusterId);

    public static async Task FillAsync(AzuriteFixture azurite, string clusterId, IReadOnlyList<MembershipEntry> entries)
    {
        await Table(azurite, clusterId).InitializeMembershipTableAsync(true, TestContext.Current.CancellationToken);
        var rows = azurite.Tables.GetTableClient("OrleansSiloInstances");
        foreach (var batch in entries.Chunk(100))
        {
            await rows.SubmitTransactionAsync(batch.Select(e => new TableTransactionAction(TableTransactionActionType.Add, SiloRow.Write(clusterId, e))), TestContext.Current.CancellationToken);
        }
    }
}
