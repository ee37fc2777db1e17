using System.ComponentModel.DataAnnotations;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>How a sweep queues its configurations.</summary>
public sealed class SweepOptions
{
    private const int LeastWindow = 64;

    /// <summary>Configurations queued or training at once; those behind them have no grain yet. Default 0: twice as many as its numerics class has slots, 64 at least.</summary>
    [Range(0, 100_000)]
    public int Window { get; set; }

    /// <summary>
    /// Most cells of one sweep. Default 20,000, about what Azurite's files bear, which rewrites all of a table every few seconds; in an account of Azure Storage up
    /// to 100,000.
    /// </summary>
    [Range(1, SweepPlan.MostCells)]
    public int MostCells { get; set; } = 20_000;

    /// <summary>How often an active sweep looks for what is missing. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan AdvancePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Period of the reminder that wakes a sweep nobody else woke. Default 1 min, the least that Orleans recommends.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BackstopPeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The window of a sweep whose numerics class has that many slots in service: each slot has its next configuration waiting.</summary>
    public int WindowFor(int slots) => Window > 0 ? Window : Math.Max(LeastWindow, 2 * slots);
}
