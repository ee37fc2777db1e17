using SmallBatch.Client.Cluster;
using SmallBatch.Client.Running;

namespace SmallBatch.Bench.Chaos.Silos;

/// <summary>A place in the cluster: its ports, folders and log stay while silos come and go on it.</summary>
/// <param name="start">How its silos are started; the connection string is the store's.</param>
internal sealed class Seat(SiloStart start)
{
    private const int MostTries = 4;

    /// <summary>Starts that were not ready in time, and were made again.</summary>
    public int FailedStarts { get; private set; }

    /// <summary>How its silos are started.</summary>
    public SiloStart Start { get; } = start;

    /// <summary>Where clients reach it.</summary>
    public ClusterAddress Address => Start.Address;

    /// <summary>The silo that was started last; null before the first.</summary>
    public SiloProcess? Silo { get; private set; }

    /// <summary>Where its silo serves the page and the API.</summary>
    public Uri Http => new(Silo!.Health[..^"health".Length]);

    /// <summary>Whether its silo is kept from answering: frozen, or cut off.</summary>
    public bool Numb { get; set; }

    /// <summary>Whether a silo runs.</summary>
    public bool IsUp => Silo is { Ended.IsCompleted: false };

    /// <summary>Starts a silo and waits until it is ready; on a machine so busy that it is not in time, tries again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await StartAsync(cancellationToken);
                return;
            }
            catch (InvalidOperationException) when (tries < MostTries)
            {
                FailedStarts++;
            }
        }
    }

    /// <summary>Kills its silo, if there is one.</summary>
    public async Task KillAsync()
    {
        if (Silo is { } silo)
        {
            Silo = null;
            silo.Kill();
            await silo.DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Silo is { } before)
        {
            Silo = null;
            await before.DisposeAsync();
        }

        Silo = await SiloProcess.StartAsync(Start, cancellationToken);
    }
}
