using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Sweeps;

namespace SmallBatch.Bench.Schedule;

/// <summary>When a job trained, in seconds; more than once where it gave way.</summary>
internal sealed record Ran(Job Job, double From, double To);

/// <summary>
/// A trace through the silos' own <see cref="PoolBook"/> in simulated time, on hosts of eight devices of one slot; each sweep keeps its window of
/// configurations queued as a sweep's grain does. Store and messages take no time; a training that gives way does so with its host's next
/// heartbeat, loses no step, and takes a trainer's start when it goes on.
/// </summary>
internal sealed class PoolSimulation
{
    /// <summary>Seconds between heartbeats, as silos have them.</summary>
    public const double BeatEvery = 3;

    private const double StartSeconds = 1.5;
    private const string Class = "simulated";
    private const int DevicesEach = 8;
    private const int MostWrites = 99;
    private readonly PoolBook book;
    private readonly Policy policy;
    private readonly int window;
    private readonly bool yields;
    private readonly IReadOnlyDictionary<string, Device[]> hosts;
    private readonly Dictionary<string, Job> jobs;
    private readonly Dictionary<string, double> left;
    private readonly Dictionary<int, Queue<Job>> waiting;
    private readonly Dictionary<int, int> open = [];
    private readonly Dictionary<string, (Lease Lease, double From)> running = [];
    private readonly PriorityQueue<(Job? Job, LeaseToken? Token), double> events = new();
    private readonly List<Ran> ran = [];
    private TimeSpan now;
    private bool beatIsDue;
    private int beats;
    private int ids;

    private PoolSimulation(IReadOnlyList<Job> trace, int devices, Policy policy)
    {
        book = new(1, () => new Guid(++ids, 0, 0, new byte[8]), policy.Options);
        this.policy = policy;
        window = new SweepOptions().WindowFor(devices);
        yields = policy.Options.Teams.Values.Any(t => t.Quota > 0);
        jobs = trace.ToDictionary(j => j.Key);
        left = trace.ToDictionary(j => j.Key, j => j.Seconds);
        waiting = trace.GroupBy(j => j.Sweep).ToDictionary(g => g.Key, g => new Queue<Job>(g.OrderBy(policy.Order).ThenBy(j => j.Index)));
        foreach (var sweep in trace.GroupBy(j => j.Sweep).Select(g => g.First()))
        {
            events.Enqueue((sweep, null), sweep.Arrival);
        }

        hosts = Enumerable.Range(0, devices).Chunk(DevicesEach).ToDictionary(
            host => $"10.0.0.{host[0] / DevicesEach}:11111@1", host => host.Select(i => new Device($"cuda:{i}", "", [$"cuda:{i}/0"], Class, null)).ToArray());
        Beat();
    }

    /// <summary>Runs the trace to its end; answers what ran when, and how many gave way.</summary>
    public static (IReadOnlyList<Ran> Ran, int GaveWay) Run(IReadOnlyList<Job> trace, int devices, Policy policy)
    {
        var simulation = new PoolSimulation(trace, devices, policy);
        while (simulation.events.TryDequeue(out var next, out var at))
        {
            simulation.now = TimeSpan.FromSeconds(at);
            simulation.Happen(next.Job, next.Token);
        }

        var done = simulation.ran.Select(r => r.Job.Key).Distinct().Count();
        return done == trace.Count ? (simulation.ran, simulation.ran.Count - done) : throw new InvalidOperationException($"{done} of {trace.Count} jobs were granted a slot");
    }

    /// <summary>A sweep arrives, one of its configurations ends, or hosts speak.</summary>
    private void Happen(Job? job, LeaseToken? token)
    {
        if (job is null)
        {
            Beat();
        }
        else if (token is null || running.GetValueOrDefault(job.Key).Lease?.Token == token)
        {
            if (token is not null)
            {
                open[job.Sweep]--;
                Leave(job);
            }

            while (open.GetValueOrDefault(job.Sweep) < window && waiting[job.Sweep].TryDequeue(out var due))
            {
                open[job.Sweep] = open.GetValueOrDefault(job.Sweep) + 1;
                Ask(due, policy.Order(due));
            }
        }

        Pump();
        if (yields && !beatIsDue && book.Describe(now).Leases.Any(l => l.GivesWay is not null))
        {
            beatIsDue = true;
            events.Enqueue((null, null), now.TotalSeconds + BeatEvery);
        }
    }

    private void Ask(Job job, int order) =>
        book.Request(new(job.Key, $"{job.Sweep}", 1, Class, policy.Priority(job), order, null, job.PredictedSeconds, [], policy.Share(job)), now);

    private void Leave(Job job)
    {
        var (lease, from) = running[job.Key];
        running.Remove(job.Key);
        ran.Add(new(job, from, now.TotalSeconds));
        book.Release(job.Key, lease.Token, now);
    }

    private void Beat()
    {
        (beatIsDue, beats) = (false, beats + 1);
        foreach (var (host, devices) in hosts)
        {
            var reply = book.Heartbeat(new(host, host, beats, devices, [.. running.Values.Select(r => r.Lease).Where(l => l.Host == host)], [], false, 0, []), now);
            foreach (var (key, (lease, from)) in running.Where(r => reply.Yield.Contains(r.Value.Lease.Token)).ToList())
            {
                left[key] += StartSeconds - (now.TotalSeconds - from);
                Leave(jobs[key]);
                Pump();
                Ask(jobs[key], int.MinValue);
            }
        }
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
            book.Started(lease.ConfigurationKey, lease.Token, beats, now);
            running[lease.ConfigurationKey] = (lease, now.TotalSeconds);
            events.Enqueue((jobs[lease.ConfigurationKey], lease.Token), now.TotalSeconds + left[lease.ConfigurationKey]);
        }
    }
}
