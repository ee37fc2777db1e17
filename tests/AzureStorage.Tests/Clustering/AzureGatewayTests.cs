using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using Orleans.Messaging;
using SmallBatch.AzureStorage.Clustering;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Clustering;

public sealed class AzureGatewayTests(AzuriteFixture azurite) : GatewayConformance
{
    protected override IGatewayListProvider Gateways(string clusterId) => new AzureGatewayList(
        Options.Create(new AzureStorageGatewayOptions { TableServiceClient = azurite.Tables }), Options.Create(new GatewayOptions()), Options.Create(new ClusterOptions { ClusterId = clusterId }));

    protected override Task FillAsync(string clusterId, IReadOnlyList<MembershipEntry> entries) => AzureClustering.FillAsync(azurite, clusterId, entries);
}
