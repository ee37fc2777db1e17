using System.Globalization;

namespace SmallBatch.Silo.Trainers;

/// <summary>
/// Whether a trainer hangs: it does once no step and no batch between two steps was done for ten times as long as its slowest step took, and
/// never before <paramref name="floor"/>, which loading its data may take. A word that tells of nothing new is no progress.
/// </summary>
internal sealed class ProgressWatch(TimeSpan floor, TimeProvider time)
{
    private const int Multiple = 10;
    private long since = time.GetTimestamp();
    private long steps = -1;
    private long batches;
    private TimeSpan slowest;

    /// <summary>Time from the last progress that it is given.</summary>
    public TimeSpan Limit => slowest * Multiple > floor ? slowest * Multiple : floor;

    /// <summary>What is left of that now, not below zero.</summary>
    public TimeSpan Left => Limit > time.GetElapsedTime(since) ? Limit - time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>In words, for one that hangs.</summary>
    public string Hanging => steps < 0
        ? string.Create(CultureInfo.InvariantCulture, $"it did not begin within {Limit.TotalSeconds:F0} s")
        : string.Create(CultureInfo.InvariantCulture, $"it made no progress for {Limit.TotalSeconds:F0} s after step {steps} (its slowest step took {slowest.TotalSeconds:G2} s)");

    /// <summary>The training begins at this step.</summary>
    public void Started(long step) => (since, steps) = (time.GetTimestamp(), step);

    /// <summary>So many steps are done, and so many batches between steps.</summary>
    public void Saw(long step, long batchesBetween = 0)
    {
        var done = Math.Max(0, step - steps) + Math.Max(0, batchesBetween - batches);
        if (done == 0)
        {
            return;
        }

        var each = time.GetElapsedTime(since) / done;
        slowest = each > slowest ? each : slowest;
        (since, steps, batches) = (time.GetTimestamp(), Math.Max(step, steps), Math.Max(batchesBetween, batches));
    }
}
