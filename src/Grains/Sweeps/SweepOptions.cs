using System.ComponentModel.DataAnnotations;

namespace SmallBatch.Grains.Sweeps;

/// <summary>How a sweep queues its configurations.</summary>
public sealed class SweepOptions
{
    /// <summary>Configurations queued or training at once; those behind them have no grain yet. Default 64.</summary>
    [Range(1, 100_000)]
    public int Window { get; set; } = 64;

    /// <summary>How often an active sweep looks for what is missing. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan AdvancePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Period of the reminder that wakes a sweep nobody else woke. Default 1 min, the least that Orleans recommends.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BackstopPeriod { get; set; } = TimeSpan.FromMinutes(1);
}
