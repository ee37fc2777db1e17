using System.Globalization;
using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Messaging;

namespace SmallBatch.AzureStorage.Clustering;

/// <summary>The gateways of a cluster, read from its membership table.</summary>
internal sealed class AzureGatewayList(IOptions<AzureStorageGatewayOptions> options, IOptions<GatewayOptions> gateway, IOptions<ClusterOptions> cluster) : IGatewayListProvider
{
    private readonly TableClient table = options.Value.TableServiceClient!.GetTableClient(options.Value.TableName);

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => gateway.Value.GatewayListRefreshPeriod;

    /// <inheritdoc/>
    [Obsolete("Every list is.")]
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public async Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) =>
        await table.CreateIfNotExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var gateways = new List<Uri>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {cluster.Value.ClusterId} and Status eq {nameof(SiloStatus.Active)} and ProxyPort ne {"0"}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.RowKey is SiloRow.StartKey or SiloRow.EndKey)
            {
                continue;
            }

            var port = int.Parse(row.GetString("ProxyPort"), CultureInfo.InvariantCulture);
            var generation = int.Parse(row.GetString("Generation"), CultureInfo.InvariantCulture);
            gateways.Add(SiloAddress.New(IPAddress.Parse(row.GetString("Address")), port, generation).ToGatewayUri());
        }

        return gateways;
    }

    /// <inheritdoc/>
    [Obsolete("Use InitializeGatewayListProviderAsync.")]
    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync(CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use GetGatewaysAsync.")]
    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);
}
