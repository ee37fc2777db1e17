namespace SmallBatch.Specs.Settings;

/// <summary>How far two budgets of one cell go together.</summary>
public static class SharedUpdates
{
    /// <summary>
    /// How many updates from the beginning are the same, bit for bit and seed for seed, in both: up to the first drop or growth of either,
    /// or none where they warm up otherwise. What diverges in these diverges in both.
    /// </summary>
    public static long Of(TrainingSettings one, TrainingSettings other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.WarmupUpdates == other.WarmupUpdates ? Math.Min(Until(one), Until(other)) : 0;
    }

    private static long Until(TrainingSettings settings) => settings.Drops
        .Concat(settings.Growth.Select(g => settings.Plan.EpochEnd(g.Epoch)))
        .Append(settings.Updates)
        .Min();
}
