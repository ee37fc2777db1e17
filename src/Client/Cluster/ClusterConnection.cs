using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using SmallBatch.Contracts;

namespace SmallBatch.Client.Cluster;

/// <summary>No silo answered.</summary>
internal sealed class ClusterUnreachableException(ClusterAddress address, string why)
    : Exception($"No silo answers at {address.Gateway} (cluster {address.ClusterId}): {why}. Start one with 'smallbatch silo', or name another by --gateway HOST:PORT and --cluster-id.");

/// <summary>A connection to a running cluster.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private readonly IHost host;

    private ClusterConnection(IHost host) => this.host = host;

    /// <summary>Makes references to grains.</summary>
    public IGrainFactory Grains => host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects. Throws <see cref="ClusterUnreachableException"/> within ten seconds.</summary>
    public static async Task<ClusterConnection> OpenAsync(ClusterAddress address, CancellationToken cancellationToken)
    {
        var gateway = await address.ResolveAsync(cancellationToken) ?? throw new ClusterUnreachableException(address, "no host of that name is known");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            // A plain connection first: it fails at once and says why, where the client would retry.
            using var probe = new TcpClient();
            await probe.ConnectAsync(gateway, limit.Token);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnreachableException(address, failure is OperationCanceledException ? "no answer in time" : failure.Message);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateway);
            client.Configure<ClientMessagingOptions>(o => o.MaxMessageBodySize = MessageSize.Most);
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (address.ClusterId, address.ServiceId));
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(limit.Token);
            return new(host);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw new ClusterUnreachableException(address, failure is OperationCanceledException ? "it is another cluster, or not ready yet" : failure.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await host.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The cluster is gone; there is nobody to say goodbye to.
        }

        host.Dispose();
    }
}
