using SmallBatch.Bench.Chaos.History;
using SmallBatch.Bench.Chaos.Network;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Bench.Chaos.Strikes;
using SmallBatch.Client.Export;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Chaos;

/// <summary>One sweep from its submission to its results on a cluster of its own, disturbed or not.</summary>
/// <param name="silos">Silos, one slot each; two of them train, so that with four what is struck finds a free slot.</param>
/// <param name="epochs">Epochs of each of the sweep's jobs.</param>
/// <param name="settings">Settings of every silo.</param>
/// <param name="disks">Whether each silo gets a small disk of its own.</param>
/// <param name="network">A network whose links can be cut; null for the loopback.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Takes a line for each strike.</param>
internal sealed class ChaosRun(int silos, int epochs, string[] settings, bool disks, NetworkOfNamespaces? network, TimeProvider time, Action<string> tell)
{
    private const int DiskKilobytes = 24 << 10;
    private const int Training = 2;
    private static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Trains a sweep of that many batch sizes with nothing to disturb it.</summary>
    public Task<ChaosOutcome> RunAsync(int sizes, CancellationToken cancellationToken) => RunAsync(sizes, (_, _) => Task.FromResult<IReadOnlyList<Strike>>([]), new(0), TimeSpan.Zero, cancellationToken);

    /// <summary>Trains a sweep, and widens it as needed, while the killer strikes.</summary>
    public Task<ChaosOutcome> RunAsync(int seed, int strikes, IReadOnlyList<StrikeKind> kinds, TimeSpan longestHold, CancellationToken cancellationToken) => RunAsync(
        ChaosSweep.FirstSizes,
        (arena, chance) => new Killer(arena, kinds, chance, time, tell, cancellationToken).StrikeAsync(strikes),
        new(seed),
        longestHold,
        cancellationToken);

    private async Task<ChaosOutcome> RunAsync(int sizes, Func<Arena, Random, Task<IReadOnlyList<Strike>>> strike, Random chance, TimeSpan longestHold, CancellationToken cancellationToken)
    {
        await using var cluster = await ClusterProcesses.StartAsync([.. settings, $"--Sweeps:Window={Training}", HistoryReader.Setting], network, cancellationToken);
        for (var i = 0; i < silos; i++)
        {
            await cluster.AddSeatAsync(slots: 1, disks ? DiskKilobytes : null);
        }

        await Task.WhenAll(cluster.Seats.Select(s => s.RunAsync(cancellationToken)));
        await using var view = new ClusterView(cluster, cancellationToken);
        var since = time.GetTimestamp();
        var submitted = await view.AskAsync(g => g.GetGrain<ISweepGrain>(ChaosSweep.Name).Submit(new(ChaosSweep.Spec(epochs, sizes), ChaosSweep.Network)));
        var sweep = submitted.Sweep ?? throw new InvalidOperationException($"The sweep was refused: {string.Join("; ", submitted.Errors.Select(e => e.ToString()))}");
        var arena = new Arena(cluster, view, network, sweep, epochs, Training, chance, longestHold, time, cancellationToken);
        var done = await strike(arena, chance);
        await arena.UntilOverAsync();
        var took = time.GetElapsedTime(since);
        var results = await arena.ResultsAsync();
        var orphans = await OrphansAsync(cluster, sweep, cancellationToken);
        var verified = await view.AskAsync(g => g.GetGrain<ISweepGrain>(ChaosSweep.Name).Verify());
        var lines = cluster.LogLines();
        return new(ResultFiles.Results(results), results, arena.Sizes, done, HistoryReader.Read(lines), lines, arena.Rollbacks, cluster.Seats.Sum(s => s.FailedStarts), arena.PutBack, orphans, verified!.Disagreements, took);
    }

    /// <summary>Checkpoints that the sweep left, once the collector has had its time.</summary>
    private async Task<IReadOnlyList<string>> OrphansAsync(ClusterProcesses cluster, SweepSnapshot sweep, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        IReadOnlyList<string> left;
        while ((left = await Checkpoints.ListAsync(cluster.Store.ConnectionString, sweep.SweepId, cancellationToken)).Count > 0 && time.GetElapsedTime(since) < OrphanLimit)
        {
            await Task.Delay(Look, time, cancellationToken);
        }

        return left;
    }
}
