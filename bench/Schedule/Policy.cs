using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Bench.Schedule;

/// <summary>What a sweep asks the pool for: its priority and the order of its configurations, lower first.</summary>
internal sealed record Policy(string Name, Func<Job, int> Priority, Func<Job, int> Order)
{
    /// <summary>What silos do: longest first within a sweep, sweeps in turn.</summary>
    public static readonly Policy Ours = new("longest first, sweeps in turn", _ => 0, j => GrantPolicy.LongestFirst(j.PredictedSeconds));

    /// <summary>Ours, and what it is compared with.</summary>
    public static readonly IReadOnlyList<Policy> All =
    [
        Ours,
        new("as written, sweeps in turn", _ => 0, j => j.Index),
        new("shortest first, sweeps in turn", _ => 0, j => -GrantPolicy.LongestFirst(j.PredictedSeconds)),
        new("longest first, sweep after sweep", j => -j.Sweep, j => GrantPolicy.LongestFirst(j.PredictedSeconds)),
    ];
}
