using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Bench.Scale.Pool;

/// <summary>
/// Hosts and configurations as the pool hears them, without silos and trainings: each host's heartbeat every 3 s with its eight devices and what
/// runs there; of each configuration, waiting or training, a request every 10 s; and so many trainings a second that end, each with the request of a
/// configuration that takes its place in the queue. The time from a training's end to the next offer on that slot is taken.
/// </summary>
internal sealed class SimulatedHosts : IOffers
{
    private const string Class = "simulated-hosts";
    private const int DevicesEach = 8;
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);
    private readonly IGpuPoolGrain pool;
    private readonly string[] hosts;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, Lease>> running;
    private readonly ConcurrentDictionary<string, Lease?> asking = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Host, string Slot), long> freeSince = [];
    private readonly long[] beats;
    private string[] askers = [""];
    private int configurations;

    public SimulatedHosts(IGpuPoolGrain pool, int count)
    {
        this.pool = pool;
        hosts = [.. Enumerable.Range(0, count).Select(h => string.Create(CultureInfo.InvariantCulture, $"10.{h / 250}.{h % 250}.1:11111@1"))];
        running = new(hosts.Select(h => KeyValuePair.Create(h, new ConcurrentDictionary<string, Lease>(StringComparer.Ordinal))), StringComparer.Ordinal);
        beats = new long[count];
    }

    /// <summary>Slots of all hosts.</summary>
    public int Slots => hosts.Length * DevicesEach;

    /// <summary>Trainings that run.</summary>
    public int Running => running.Values.Sum(r => r.Count);

    /// <summary>Milliseconds from each training's end to the next offer on its slot.</summary>
    public ConcurrentQueue<double> Latencies { get; } = [];

    /// <summary>Milliseconds of each heartbeat until its answer.</summary>
    public ConcurrentQueue<double> BeatTimes { get; } = [];

    /// <inheritdoc/>
    public async Task Offered(Lease lease)
    {
        if (freeSince.TryRemove((lease.Host, lease.Slot), out var since))
        {
            Latencies.Enqueue(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        running[lease.Host][lease.ConfigurationKey] = lease;
        asking[lease.ConfigurationKey] = lease;
        await pool.Started(lease.ConfigurationKey, lease.Token, beats[Array.IndexOf(hosts, lease.Host)]);
    }

    /// <summary>Every host speaks once, so that the pool knows them.</summary>
    public Task BeatOnceAsync() => Task.WhenAll(Enumerable.Range(0, hosts.Length).Select(BeatAsync));

    /// <summary>So many more configurations ask for a slot, sixteen at a time.</summary>
    public async Task AskAsync(int count) =>
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) => await AskAnewAsync());

    /// <summary>Goes on until cancelled.</summary>
    public Task RunAsync(double endsPerSecond, CancellationToken cancellationToken) => Task.WhenAll(
        EvenlyAsync(hosts.Length / BeatEvery.TotalSeconds, i => BeatAsync(i % hosts.Length), cancellationToken),
        EvenlyAsync(3 * Slots / AskEvery.TotalSeconds, AskAgainAsync, cancellationToken),
        EvenlyAsync(endsPerSecond, EndAsync, cancellationToken));

    private async Task BeatAsync(int index)
    {
        var host = hosts[index];
        var number = Interlocked.Increment(ref beats[index]);
        var leases = running[host].Values.ToArray();
        var devices = Enumerable.Range(0, DevicesEach).Select(d => new Device($"cuda:{d}", "simulated", [$"cuda:{d}.0"], Class, null)).ToArray();
        var since = Stopwatch.GetTimestamp();
        await pool.Heartbeat(new(host, host, number, devices, leases, [], false, leases.Select(l => l.Token.Epoch).DefaultIfEmpty(0).Max(), []));
        BeatTimes.Enqueue(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
    }

    private Task AskAnewAsync()
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"sweep.m=1.lr={Interlocked.Increment(ref configurations)}");
        asking[key] = null;
        return AskAsync(key);
    }

    private Task AskAgainAsync(int turn)
    {
        if (turn % askers.Length == 0)
        {
            askers = [.. asking.Keys];
        }

        return asking.ContainsKey(askers[turn % askers.Length]) ? AskAsync(askers[turn % askers.Length]) : Task.CompletedTask;
    }

    private async Task AskAsync(string key) =>
        await pool.Request(new(key, "sweep", 1, Class, 0, 0, asking.GetValueOrDefault(key)?.Token, 600, [], PoolShare.Default));

    private async Task EndAsync(int turn)
    {
        var lease = running[hosts[turn * 7 % hosts.Length]].Values.FirstOrDefault();
        if (lease is null || !running[lease.Host].TryRemove(lease.ConfigurationKey, out _))
        {
            return;
        }

        asking.TryRemove(lease.ConfigurationKey, out _);
        freeSince[(lease.Host, lease.Slot)] = Stopwatch.GetTimestamp();
        await pool.Release(lease.ConfigurationKey, lease.Token);
        await AskAnewAsync();
    }

    /// <summary>Calls so often a second, evenly, without waiting for one before the next; fails where one does.</summary>
    private static async Task EvenlyAsync(double perSecond, Func<int, Task> call, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var open = new List<Task>();
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var due = TimeSpan.FromSeconds(i / perSecond) - clock.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, CancellationToken.None);
            }

            open.Add(call(i));
            if (open.Count > 1000)
            {
                foreach (var done in open.Where(t => t.IsCompleted).ToList())
                {
                    await done;
                }

                open.RemoveAll(t => t.IsCompleted);
            }
        }

        await Task.WhenAll(open);
    }
}
