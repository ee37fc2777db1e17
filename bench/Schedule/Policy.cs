using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Bench.Schedule;

/// <summary>What sweeps ask the pool for, and how it shares its slots.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Priority">Of a configuration's sweep, higher first.</param>
/// <param name="Order">Of a configuration within its sweep, lower first.</param>
internal sealed record Policy(string Name, Func<Job, int> Priority, Func<Job, int> Order)
{
    /// <summary>What silos do: longest first within a sweep, sweeps in turn.</summary>
    public static readonly Policy Ours = new("longest first, sweeps in turn", _ => 0, Longest);

    /// <summary>One sweep's order against others.</summary>
    public static readonly IReadOnlyList<Policy> Orders =
    [
        Ours,
        new("as written, sweeps in turn", _ => 0, j => j.Index),
        new("shortest first, sweeps in turn", _ => 0, j => -Longest(j)),
    ];

    /// <summary>How sweeps and teams share, first come first served to begin with.</summary>
    public static IReadOnlyList<Policy> Sharing(string team, int quota) =>
    [
        new("sweep after sweep", j => -j.Sweep, Longest) { Options = Never },
        .. Orders,
        new("teams in turn", _ => 0, Longest) { Share = Teams },
        new($"teams in turn, {team} weight 3", _ => 0, Longest) { Share = Teams, Options = new() { Teams = { [team] = new() { Weight = 3 } } } },
        new($"teams in turn, {team} quota {quota}", _ => 0, Longest) { Share = Teams, Options = new() { Teams = { [team] = new() { Quota = quota } } } },
        new("the later the higher priority, no aging", j => j.Sweep, Longest) { Options = Never },
        new("the later the higher, aging 1 h a step", j => j.Sweep, Longest),
    ];

    /// <summary>Whose a configuration is.</summary>
    public Func<Job, PoolShare> Share { get; init; } = _ => PoolShare.Default;

    /// <summary>Teams, and the time after which waiting counts.</summary>
    public GpuPoolOptions Options { get; init; } = new();

    private static GpuPoolOptions Never => new() { AgeAfter = TimeSpan.FromDays(3650) };

    private static int Longest(Job job) => GrantPolicy.LongestFirst(job.PredictedSeconds);

    private static PoolShare Teams(Job job) => new(job.Team, 1);
}
