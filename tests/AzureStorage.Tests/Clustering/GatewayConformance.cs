using System.Net;
using Orleans.Messaging;

namespace SmallBatch.AzureStorage.Tests.Clustering;

/// <summary>What a client expects of any list of gateways.</summary>
public abstract class GatewayConformance
{
    private readonly string cluster = $"g{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gateways_are_the_active_silos_with_a_proxy_port_of_this_cluster_alone()
    {
        var silos = new[] { (1, SiloStatus.Active, 30001), (2, SiloStatus.Dead, 30002), (3, SiloStatus.Active, 0), (4, SiloStatus.Joining, 30004), (5, SiloStatus.Active, 30005) };
        await FillAsync(cluster, [.. silos.Select(s => Silo(s.Item1, s.Item2, s.Item3))]);
        await FillAsync(cluster + "-other", [Silo(9, SiloStatus.Active, 30009)]);
        var gateways = Gateways(cluster);
        await gateways.InitializeGatewayListProviderAsync(Token);
        var found = (await gateways.GetGatewaysAsync(Token)).Select(g => g.ToString()).Order();
        Assert.Equal(["gwy.tcp://127.0.0.1:30001/1", "gwy.tcp://127.0.0.1:30005/5"], found);
    }

    [Fact]
    public async Task A_cluster_without_silos_has_no_gateways()
    {
        var gateways = Gateways(cluster);
        await gateways.InitializeGatewayListProviderAsync(Token);
        Assert.Empty(await gateways.GetGatewaysAsync(Token));
        Assert.True(gateways.MaxStaleness > TimeSpan.Zero);
    }

    [Fact]
    public async Task More_gateways_than_a_page_holds_are_listed_all()
    {
        const int silos = 1_100;
        await FillAsync(cluster, [.. Enumerable.Range(1, silos).Select(i => Silo(i, SiloStatus.Active, 30_000 + i))]);
        var gateways = Gateways(cluster);
        await gateways.InitializeGatewayListProviderAsync(Token);
        Assert.Equal(silos, (await gateways.GetGatewaysAsync(Token)).Distinct().Count());
    }

    /// <summary>The gateways of this cluster.</summary>
    protected abstract IGatewayListProvider Gateways(string clusterId);

    /// <summary>Puts these silos into its membership.</summary>
    protected abstract Task FillAsync(string clusterId, IReadOnlyList<MembershipEntry> entries);

    private static MembershipEntry Silo(int generation, SiloStatus status, int proxyPort) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 5000 + generation, generation),
        HostName = "host",
        SiloName = $"silo-{generation}",
        Status = status,
        ProxyPort = proxyPort,
        StartTime = DateTime.UnixEpoch,
        IAmAliveTime = DateTime.UnixEpoch,
    };
}
