using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Sweeps;

namespace SmallBatch.Bench.Schedule;

/// <summary>When a job trained, in seconds.</summary>
internal sealed record Ran(Job Job, double From, double To);

/// <summary>
/// A trace through the silos' own <see cref="PoolBook"/> in simulated time, on hosts of eight devices of one slot; each sweep keeps its window of
/// configurations queued as a sweep's grain does. Store and messages take no time.
/// </summary>
internal sealed class PoolSimulation
{
    private const string Class = "simulated";
    private const int DevicesEach = 8;
    private const int MostWrites = 99;
    private readonly PoolBook book;
    private readonly Policy policy;
    private readonly int window;
    private readonly Dictionary<string, Job> jobs;
    private readonly Dictionary<int, Queue<Job>> waiting;
    private readonly Dictionary<int, int> open = [];
    private readonly PriorityQueue<(Job Job, LeaseToken? Token), double> events = new();
    private readonly List<Ran> ran = [];
    private TimeSpan now;
    private int ids;

    private PoolSimulation(IReadOnlyList<Job> trace, int devices, Policy policy)
    {
        book = new(1, () => new Guid(++ids, 0, 0, new byte[8]));
        this.policy = policy;
        window = new SweepOptions().WindowFor(devices);
        jobs = trace.ToDictionary(j => j.Key);
        waiting = trace.GroupBy(j => j.Sweep).ToDictionary(g => g.Key, g => new Queue<Job>(g.OrderBy(policy.Order).ThenBy(j => j.Index)));
        foreach (var sweep in trace.GroupBy(j => j.Sweep).Select(g => g.First()))
        {
            events.Enqueue((sweep, null), sweep.Arrival);
        }

        foreach (var host in Enumerable.Range(0, devices).Chunk(DevicesEach))
        {
            var name = $"10.0.0.{host[0] / DevicesEach}:11111@1";
            book.Heartbeat(new(name, name, 1, [.. host.Select(i => new Device($"cuda:{i}", "", [$"cuda:{i}/0"], Class, null))], [], [], false, 0, []), now);
        }
    }

    /// <summary>Runs the trace to its end.</summary>
    public static IReadOnlyList<Ran> Run(IReadOnlyList<Job> trace, int devices, Policy policy)
    {
        var simulation = new PoolSimulation(trace, devices, policy);
        while (simulation.events.TryDequeue(out var next, out var at))
        {
            simulation.now = TimeSpan.FromSeconds(at);
            simulation.Happen(next.Job, next.Token);
        }

        return simulation.ran.Count == trace.Count ? simulation.ran : throw new InvalidOperationException($"{simulation.ran.Count} of {trace.Count} jobs were granted a slot");
    }

    /// <summary>A sweep arrives, or one of its configurations ends.</summary>
    private void Happen(Job job, LeaseToken? token)
    {
        if (token is not null)
        {
            open[job.Sweep]--;
            book.Release(job.Key, token, now);
        }

        while (open.GetValueOrDefault(job.Sweep) < window && waiting[job.Sweep].TryDequeue(out var due))
        {
            open[job.Sweep] = open.GetValueOrDefault(job.Sweep) + 1;
            book.Request(new(due.Key, $"{due.Sweep}", 1, Class, policy.Priority(due), policy.Order(due), null, due.PredictedSeconds, []), now);
        }

        Pump();
    }

    private void Pump()
    {
        IReadOnlyList<LeaseWrite> writes;
        do
        {
            book.Schedule(now);
            Start(book.Settle(now));
            writes = book.TakeWrites(MostWrites);
            Start(book.Written(writes, now));
        }
        while (writes.Count > 0);
    }

    private void Start(IReadOnlyList<PoolMessage> messages)
    {
        foreach (var lease in messages.OfType<PoolMessage.Offer>().Select(o => o.Lease))
        {
            book.Started(lease.ConfigurationKey, lease.Token, 1, now);
            var job = jobs[lease.ConfigurationKey];
            ran.Add(new(job, now.TotalSeconds, now.TotalSeconds + job.Seconds));
            events.Enqueue((job, lease.Token), now.TotalSeconds + job.Seconds);
        }
    }
}
