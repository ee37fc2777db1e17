using System.Globalization;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;

namespace SmallBatch.Client.Running;

/// <summary>Ports of a local cluster; 0 for free ones.</summary>
internal sealed record LocalPorts(int Silo, int Gateway, int Http);

/// <summary>Azurite and one silo as child processes, over one state folder.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private const int LogLines = 12;
    private readonly StateFolder folder;
    private readonly AzuriteProcess? azurite;
    private readonly SiloProcess silo;

    private LocalCluster(StateFolder folder, AzuriteProcess? azurite, SiloProcess silo, ClusterAddress address) =>
        (this.folder, this.azurite, this.silo, Address, Ended) = (folder, azurite, silo, address, Task.WhenAny([silo.Ended, .. azurite is null ? Array.Empty<Task>() : [azurite.Ended]]));

    /// <summary>Completes when either has ended.</summary>
    public Task Ended { get; }

    /// <summary>Which of them ended by itself, and what is known of it.</summary>
    public string HowItEnded => azurite is { Ended.IsCompleted: true }
        ? "Azurite, the store, ended by itself."
        : $"The silo ended by itself. Its log ends:\n{silo.Tail(LogLines)}";

    /// <summary>Address of its page in a browser.</summary>
    public string Page => silo.Page;

    /// <summary>How it is reached.</summary>
    public ClusterAddress Address { get; }

    /// <summary>
    /// Starts both and waits until they are ready. A fresh cluster id each time: after a kill nothing waits for the dead
    /// silo's row, while the service id keeps the stored state.
    /// </summary>
    public static async Task<LocalCluster> StartAsync(StateFolder folder, string? connectionString, string clusterId, LocalPorts ports, string? dataRoot, CancellationToken cancellationToken)
    {
        var azurite = connectionString is null ? await AzuriteProcess.StartAsync(new(folder.Store), cancellationToken) : null;
        try
        {
            var free = FreePorts.Take(3);
            var gateway = ports.Gateway == 0 ? free[1] : ports.Gateway;
            var address = new ClusterAddress(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gateway}"), clusterId, ClusterAddress.Default.ServiceId);
            var silo = await SiloProcess.StartAsync(
                new(
                    connectionString ?? azurite!.ConnectionString,
                    address,
                    ports.Silo == 0 ? free[0] : ports.Silo,
                    ports.Http == 0 ? free[2] : ports.Http,
                    dataRoot,
                    folder.Work,
                    folder.SiloLog,
                    []),
                cancellationToken);
            folder.Publish(address);
            return new(folder, azurite, silo, address);
        }
        catch
        {
            if (azurite is not null)
            {
                await azurite.DisposeAsync();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (azurite is { Ended.IsCompleted: true })
        {
            // There is nothing to drain to.
            silo.Kill();
        }

        await silo.DisposeAsync();
        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }

        folder.Dispose();
    }
}
