using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>One training of a day.</summary>
internal sealed record DayJob(string Key, string Sweep, string Team, string NumericsClass, int Priority, int Weight, int Arrival, int Seconds, bool Alone);

/// <summary>
/// A pool's book through a day of made-up trainings, second by second, with hosts that speak every few seconds and stop what they are asked to;
/// what is promised of sharing is checked after each second.
/// </summary>
internal sealed class PoolDay
{
    private const int BeatEvery = 3;
    private readonly GpuPoolOptions options;
    private readonly PoolBook book;
    private readonly Dictionary<string, DayJob> jobs;
    private readonly IReadOnlyList<(string Host, Device Device)> devices;
    private readonly Dictionary<string, (Lease Lease, int Started)> running = [];
    private readonly Dictionary<string, int> left;
    private readonly Dictionary<string, int> waitingSince = [];
    private readonly Dictionary<(string Team, string Class), int> owedSince = [];
    private int now;
    private int ids;

    public PoolDay(IReadOnlyList<DayJob> jobs, IReadOnlyList<(string Host, Device Device)> devices, GpuPoolOptions options)
    {
        (this.options, this.devices) = (options, devices);
        book = new(1, () => new Guid(++ids, 0, 0, new byte[8]), options);
        this.jobs = jobs.ToDictionary(j => j.Key);
        left = jobs.ToDictionary(j => j.Key, j => j.Seconds);
    }

    /// <summary>What was granted: when, and to whom.</summary>
    public List<(int At, string Key)> Granted { get; } = [];

    /// <summary>Trainings that gave way.</summary>
    public int GaveWay { get; private set; }

    /// <summary>The first broken promise, or null.</summary>
    public string? Broken { get; private set; }

    private TimeSpan Now => TimeSpan.FromSeconds(now);

    /// <summary>Runs until everything is done, or for so long.</summary>
    public void Run(int most)
    {
        while (left.Count > 0 && Broken is null)
        {
            if (now > most)
            {
                Broken = $"{left.Count} trainings are not over after {most} s, such as {left.Keys.First()}";
                return;
            }

            foreach (var job in jobs.Values.Where(j => j.Arrival == now))
            {
                Ask(job, again: false);
            }

            foreach (var (key, (lease, started)) in running.Where(r => now - r.Value.Started >= left[r.Key]).ToList())
            {
                left.Remove(key);
                Leave(key, lease);
            }

            if (now % BeatEvery == 0)
            {
                Beat();
            }

            Pump();
            Check();
            now++;
        }
    }

    private void Ask(DayJob job, bool again)
    {
        waitingSince.TryAdd(job.Key, now);
        string[] avoid = job.Alone ? ["nowhere", "nowhere"] : [];
        book.Request(new(job.Key, job.Sweep, 1, job.NumericsClass, job.Priority, again ? int.MinValue : 0, null, job.Seconds, avoid, new(job.Team, job.Weight)), Now);
    }

    private void Leave(string key, Lease lease)
    {
        running.Remove(key);
        book.Release(key, lease.Token, Now);
    }

    private void Beat()
    {
        foreach (var host in devices.GroupBy(d => d.Host))
        {
            var leases = running.Values.Select(r => r.Lease).Where(l => l.Host == host.Key).ToArray();
            var reply = book.Heartbeat(new(host.Key, host.Key, now + 1, [.. host.Select(d => d.Device)], leases, [], false, 0, []), Now);
            foreach (var (lease, started) in running.Values.Where(r => reply.Yield.Contains(r.Lease.Token)).ToList())
            {
                // It stops after a last checkpoint, and loses no second.
                GaveWay++;
                left[lease.ConfigurationKey] = Math.Max(1, left[lease.ConfigurationKey] - (now - started));
                Leave(lease.ConfigurationKey, lease);
                Pump();
                Ask(jobs[lease.ConfigurationKey], again: true);
            }
        }
    }

    private void Pump()
    {
        IReadOnlyList<LeaseWrite> writes;
        do
        {
            book.Schedule(Now);
            Start(book.Settle(Now));
            writes = book.TakeWrites(99);
            Start(book.Written(writes, Now));
        }
        while (writes.Count > 0);
    }

    private void Start(IReadOnlyList<PoolMessage> messages)
    {
        foreach (var lease in messages.OfType<PoolMessage.Offer>().Select(o => o.Lease))
        {
            book.Started(lease.ConfigurationKey, lease.Token, now + 1, Now);
            running[lease.ConfigurationKey] = (lease, now);
            waitingSince.Remove(lease.ConfigurationKey);
            Granted.Add((now, lease.ConfigurationKey));
        }
    }

    private void Check()
    {
        var used = running.Keys.GroupBy(k => jobs[k].Team).ToDictionary(g => g.Key, g => g.Count());
        if (running.Values.Select(r => (r.Lease.Host, r.Lease.Slot)).Distinct().Count() < running.Count)
        {
            Broken = $"at {now} s a slot is held twice";
        }

        if (used.FirstOrDefault(u => u.Value > options.Team(u.Key).Limit) is { Key: { } over })
        {
            Broken = $"at {now} s team {over} holds {used[over]} slots";
        }

        foreach (var name in devices.Select(d => d.Device.NumericsClass).Distinct())
        {
            var waiting = waitingSince.Keys.Select(k => jobs[k]).Where(j => j.NumericsClass == name).ToList();
            if (waiting.Any(j => j.Alone && now - waitingSince[j.Key] >= options.ReserveAfter.TotalSeconds))
            {
                // A device is kept free.
                owedSince.Clear();
                continue;
            }

            CheckWork(name, [.. waiting.Where(j => !j.Alone)], used);
        }
    }

    private void CheckWork(string name, List<DayJob> waiting, Dictionary<string, int> used)
    {
        var alone = running.Values.Where(r => jobs[r.Lease.ConfigurationKey].Alone).Select(r => (r.Lease.Host, r.Lease.Device)).ToHashSet();
        var open = devices.Where(d => d.Device.NumericsClass == name && !alone.Contains((d.Host, d.Device.Id))).Sum(d => d.Device.Slots.Length)
            - running.Values.Count(r => jobs[r.Lease.ConfigurationKey].NumericsClass == name && !alone.Contains((r.Lease.Host, r.Lease.Device)));
        if (open > 0 && waiting.Find(j => !(used.GetValueOrDefault(j.Team) >= options.Team(j.Team).Limit)) is { } idle)
        {
            Broken = $"at {now} s {open} slots are free and {idle.Key} waits";
        }

        var borrowed = used.Any(u => u.Value > options.Team(u.Key).Quota && running.Keys.Any(k => jobs[k].Team == u.Key && jobs[k].NumericsClass == name));
        foreach (var team in options.Teams.Keys)
        {
            var owed = borrowed && used.GetValueOrDefault(team) < options.Team(team).Quota && waiting.Exists(j => j.Team == team);
            if (!owed)
            {
                owedSince.Remove((team, name));
            }
            else if (now - (owedSince.TryGetValue((team, name), out var since) ? since : owedSince[(team, name)] = now) > 2 * BeatEvery)
            {
                Broken = $"at {now} s team {team} has {used.GetValueOrDefault(team)} of its quota of {options.Team(team).Quota} since {since} s, while others borrow";
            }
        }
    }
}
