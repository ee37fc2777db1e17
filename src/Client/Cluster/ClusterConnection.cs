using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using SmallBatch.Contracts;
using SmallBatch.Tls;

namespace SmallBatch.Client.Cluster;

/// <summary>No silo answered.</summary>
internal sealed class ClusterUnreachableException(ClusterAddress address, string why)
    : Exception($"No silo answers at {address.Gateway} (cluster {address.ClusterId}): {why}. Start one with 'smallbatch silo', or name another by --gateway HOST:PORT and --cluster-id.");

/// <summary>A connection to a running cluster.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    /// <summary>For a silo that is known to be up, on a machine that may be busy with training.</summary>
    public static readonly TimeSpan LocalPatience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan TlsPatience = TimeSpan.FromSeconds(2);
    private readonly IHost host;

    private ClusterConnection(IHost host) => this.host = host;

    /// <summary>Makes references to grains.</summary>
    public IGrainFactory Grains => host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects. Throws <see cref="ClusterUnreachableException"/> in the end, <see cref="TlsFolderException"/> where the address names a folder that cannot be used.</summary>
    public static Task<ClusterConnection> OpenAsync(ClusterAddress address, CancellationToken cancellationToken) => OpenAsync(address, Patience, cancellationToken);

    /// <summary>The same, trying for so long.</summary>
    public static async Task<ClusterConnection> OpenAsync(ClusterAddress address, TimeSpan patience, CancellationToken cancellationToken)
    {
        var tls = address.TlsFolder is { } folder ? new TlsFolder(folder, TimeProvider.System) : null;
        _ = tls?.Load();
        var gateways = await address.ResolveAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);

        // A plain connection first: it fails at once and says why, where the client would retry.
        using var probe = await ProbeAsync(address, gateways, limit.Token, cancellationToken);

        // That one alone: Orleans would wait for one that is silent.
        var gateway = (IPEndPoint)probe.Client.RemoteEndPoint!;
        var host = Build(address, gateway, tls);
        try
        {
            var start = host.StartAsync(limit.Token);
            if (tls is not null && await Task.WhenAny(start, TlsProbe.WhyRefusedAsync(probe.GetStream(), tls, limit.Token)) is Task<string> { IsCompletedSuccessfully: true } refused)
            {
                throw new ClusterUnreachableException(address, await refused);
            }

            await start;
            return new(host);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw failure as ClusterUnreachableException ?? new(address, await WhyAsync(failure, tls, address, gateway, cancellationToken));
        }
    }

    private static IHost Build(ClusterAddress address, IPEndPoint gateway, TlsFolder? tls)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateway);
            client.Configure<ClientMessagingOptions>(o => o.MaxMessageBodySize = MessageSize.Most);
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (address.ClusterId, address.ServiceId));
            client.AddOutgoingGrainCallFilter(new ConsoleCaller(tls?.Current().Certificate.Subject));
            if (tls is not null)
            {
                client.UseTlsOf(tls);
            }
        });
        return builder.Build();
    }

    /// <summary>Connects to all of a cluster's gateways at once and keeps the first that answers. Throws <see cref="ClusterUnreachableException"/> with what each of them said where none does.</summary>
    /// <param name="address">The cluster's address, for the error.</param>
    /// <param name="gateways">The gateways; one that does not answer keeps nobody from another.</param>
    /// <param name="limit">When to stop trying.</param>
    /// <param name="cancellationToken">When nobody wants to know any more.</param>
    internal static async Task<TcpClient> ProbeAsync(ClusterAddress address, IReadOnlyList<IPEndPoint> gateways, CancellationToken limit, CancellationToken cancellationToken)
    {
        using var found = CancellationTokenSource.CreateLinkedTokenSource(limit);
        TcpClient? first = null;
        var why = new List<string>();
        await foreach (var attempt in Task.WhenEach(gateways.Select(g => ConnectAsync(g, found.Token))))
        {
            switch (await attempt)
            {
                case ({ } probe, _) when first is null:
                    first = probe;
                    await found.CancelAsync();
                    break;
                case ({ } probe, _):
                    probe.Dispose();
                    break;
                case (_, var said):
                    why.Add(said);
                    break;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return first ?? throw new ClusterUnreachableException(address, why.Count > 0 ? string.Join("; ", why.Order(StringComparer.Ordinal)) : "no host of that name is known");

        async Task<(TcpClient? Probe, string Said)> ConnectAsync(IPEndPoint gateway, CancellationToken until)
        {
            TcpClient? probe = null;
            try
            {
                // Fails where this machine has no such addresses at all.
                probe = new(gateway.AddressFamily);
                await probe.ConnectAsync(gateway, until);
                return (probe, "");
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException)
            {
                probe?.Dispose();
                var said = failure is OperationCanceledException ? "no answer in time" : failure.Message;
                return (null, gateways.Count > 1 ? $"{gateway.Address} {said}" : said);
            }
        }
    }

    private static async Task<string> WhyAsync(Exception failure, TlsFolder? tls, ClusterAddress address, IPEndPoint gateway, CancellationToken cancellationToken)
    {
        if (tls is null)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TlsPatience);
            using var probe = await ProbeAsync(address, [gateway], limit.Token, cancellationToken);
            if (await TlsProbe.SpeaksTlsAsync(probe.GetStream(), limit.Token))
            {
                return "it takes only consoles with a certificate; name the folder with yours by --tls";
            }
        }

        return failure is OperationCanceledException ? "it is another cluster, or not ready yet" : failure.Message;
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
