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

    /// <summary>
    /// The last update of a run after which a checkpoint can be one of a longer budget too: that before the first drop or growth. 0 where
    /// there is neither, and with a warm-up, which a longer budget has longer.
    /// </summary>
    public static long Keepable(TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.WarmupUpdates == 0 && Until(settings) is var until && until < settings.Updates ? until : 0;
    }

    /// <summary>
    /// The last update after which a checkpoint of <paramref name="shorter"/> is one of <paramref name="longer"/> too, bit for bit; 0 where
    /// there is none: they differ in more than the budget, they warm up otherwise, or the longer one measures where the shorter one did not.
    /// </summary>
    public static long Resumable(TrainingSettings shorter, TrainingSettings longer)
    {
        ArgumentNullException.ThrowIfNull(shorter);
        ArgumentNullException.ThrowIfNull(longer);
        var atBudget = shorter with
        {
            EpochBudget = longer.EpochBudget,
            UpdateBudget = longer.UpdateBudget,
            Drops = longer.Drops,
            Growth = longer.Growth,
            UpdateVariance = longer.UpdateVariance,
        };
        var until = Math.Min(Keepable(shorter), Math.Min(Of(shorter, longer), longer.Updates - 1));
        return SettingsText.Write(atBudget) == SettingsText.Write(longer) && MeasuresAll(shorter.UpdateVariance, longer.UpdateVariance, until) ? until : 0;
    }

    private static bool MeasuresAll(UpdateVarianceSettings? shorter, UpdateVarianceSettings? longer, long until) =>
        longer is null
        || longer.Updates.All(u => u >= until)
        || (shorter is not null && shorter.Batches == longer.Batches && shorter.BatchSizes.SequenceEqual(longer.BatchSizes)
            && longer.Updates.Where(u => u < until).All(shorter.Updates.Contains));

    private static long Until(TrainingSettings settings) => settings.Drops
        .Concat(settings.Growth.Select(g => settings.Plan.EpochEnd(g.Epoch)))
        .Append(settings.Updates)
        .Min();
}
