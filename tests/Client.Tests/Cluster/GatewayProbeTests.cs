using System.Net;
using System.Net.Sockets;
using SmallBatch.Client.Cluster;

namespace SmallBatch.Client.Tests.Cluster;

/// <summary>A cluster's name may have several addresses, of which some do not answer.</summary>
public sealed class GatewayProbeTests
{
    private static readonly ClusterAddress Address = ClusterAddress.Default;

    [Fact]
    public async Task A_gateway_that_answers_is_taken_whichever_does_not()
    {
        using var up = new TcpListener(IPAddress.Loopback, 0);
        up.Start();
        using var probe = await ProbeAsync(Closed(), (IPEndPoint)up.LocalEndpoint, Closed());
        Assert.Equal(up.LocalEndpoint, probe.Client.RemoteEndPoint);
    }

    /// <summary>One with room for nobody, which lets who comes wait and says nothing.</summary>
    [Fact]
    public async Task A_gateway_that_is_silent_keeps_nobody_from_another()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(0);
        using var only = new TcpClient();
        await only.ConnectAsync((IPEndPoint)silent.LocalEndpoint, TestContext.Current.CancellationToken);
        using var up = new TcpListener(IPAddress.Loopback, 0);
        up.Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var probe = await ClusterConnection.ProbeAsync(Address, [(IPEndPoint)silent.LocalEndpoint, (IPEndPoint)up.LocalEndpoint], limit.Token, TestContext.Current.CancellationToken);
        Assert.Equal(up.LocalEndpoint, probe.Client.RemoteEndPoint);
    }

    [Fact]
    public async Task Where_none_answers_each_is_told()
    {
        var (first, second) = (Closed(), new IPEndPoint(IPAddress.Parse("127.0.0.2"), Closed().Port));
        var said = (await Assert.ThrowsAsync<ClusterUnreachableException>(() => ProbeAsync(first, second))).Message;
        Assert.Contains("127.0.0.1 ", said, StringComparison.Ordinal);
        Assert.Contains("; 127.0.0.2 ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_an_address_is_told() =>
        Assert.Contains("no host of that name is known", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => ProbeAsync())).Message, StringComparison.Ordinal);

    private static Task<TcpClient> ProbeAsync(params IPEndPoint[] gateways) =>
        ClusterConnection.ProbeAsync(Address, gateways, TestContext.Current.CancellationToken, TestContext.Current.CancellationToken);

    private static IPEndPoint Closed()
    {
        using var once = new TcpListener(IPAddress.Loopback, 0);
        once.Start();
        return (IPEndPoint)once.LocalEndpoint;
    }
}
