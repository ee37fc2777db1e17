using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>
/// The slots of a sweep as its trainings end: what waits takes the first that is free. What each slot does last ends by chance a little sooner or later than foretold, and the last of
/// all is the latest of those; what comes before it shifts all of them together.
/// </summary>
internal sealed class SlotSchedule
{
    private readonly int slots;
    private readonly (double End, double Last)[] lanes;
    private readonly PriorityQueue<int, double> free;

    /// <summary>So many slots, on which trainings run that have so many seconds left.</summary>
    /// <param name="slots">At least 1.</param>
    /// <param name="training">Seconds left of each; where there are more than slots, nobody waits for the slots of the longest.</param>
    public SlotSchedule(int slots, IReadOnlyCollection<double> training)
    {
        this.slots = slots;
        lanes = [.. training.Order().Concat(Enumerable.Repeat(0.0, Math.Max(0, slots - training.Count))).Select(t => (t, t))];
        free = new(Enumerable.Range(0, slots).Select(s => (s, lanes[s].End)));
        Seconds = training.Sum();
    }

    /// <summary>All that is left, seconds on one slot.</summary>
    public double Seconds { get; private set; }

    /// <summary>One that waits takes the first slot that is free, for so long; answers when it ends.</summary>
    public double Take(double seconds)
    {
        var slot = free.Dequeue();
        var end = lanes[slot].End + seconds;
        lanes[slot] = (end, seconds);
        free.Enqueue(slot, end);
        Seconds += seconds;
        return end;
    }

    /// <summary>When the last slot is free, and the standard deviation of that; null below two measured trainings.</summary>
    /// <param name="fit">How long trainings take, by what was measured.</param>
    /// <param name="unplanned">Seconds on one slot of what is known only in sum.</param>
    public (double Seconds, double? Deviation) LastFree(DurationFit fit, double unplanned)
    {
        if (fit.Variance is not { } variance)
        {
            return (lanes.Max(l => l.End) + (unplanned / slots), null);
        }

        // A slot's last training is p = Last / k predicted seconds long, and so has the variance σ² p.
        var (last, ofLast) = LargestNormal.Of(lanes.Select(l => (l.End, variance * l.Last / fit.Scale)));
        var before = (Seconds - lanes.Sum(l => l.Last) + unplanned) / fit.Scale;
        var (seconds, predicted) = (last + (unplanned / slots), (last + (unplanned / slots)) / fit.Scale);
        return (seconds, Math.Sqrt((variance * before / (slots * slots)) + ofLast + (variance * predicted * predicted / fit.Predicted)));
    }
}
