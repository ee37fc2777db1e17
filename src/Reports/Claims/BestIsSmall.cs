namespace SmallBatch.Reports.Claims;

/// <summary>Claim 1.</summary>
internal static class BestIsSmall
{
    /// <summary>The largest of the paper's best batch sizes for CIFAR (its section 5).</summary>
    public const int LargestSmall = 32;

    public static Finding Judge(SweepEvidence sweep)
    {
        Finding Is(Verdict verdict, string reason) => new(verdict, sweep.Name, reason);
        if (!sweep.HasEpochBudget)
        {
            return Is(Verdict.Untested, "the budget is not the same number of epochs for every m");
        }

        if (sweep.BatchSizes[0].BatchSize > LargestSmall || sweep.Largest.BatchSize <= LargestSmall)
        {
            return Is(Verdict.Untested, $"it needs batch sizes on both sides of {LargestSmall}; there are {string.Join(", ", sweep.BatchSizes.Select(b => b.BatchSize))}");
        }

        if (!sweep.IsComplete || sweep.Best is not { } best)
        {
            return Is(Verdict.Untested, sweep.IsComplete ? "no batch size has a base learning rate at which every seed trained" : "the sweep is not complete");
        }

        if (!sweep.Results.Analysis.Confirmed)
        {
            return Is(Verdict.Untested, "the selection is not confirmed on fresh seeds");
        }

        var numbers = string.Join(", ", sweep.BatchSizes.Select(SweepEvidence.Told));
        var small = sweep.BatchSizes.Where(b => b.BatchSize <= LargestSmall).ToList();
        var large = sweep.BatchSizes.Where(b => b.BatchSize > LargestSmall).ToList();
        return best.BatchSize <= LargestSmall && sweep.IsWorse(sweep.Largest) ? Is(Verdict.Confirmed, $"best is m = {best.BatchSize}, and the largest, m = {sweep.Largest.BatchSize}, {(sweep.Scores(sweep.Largest) is null ? "does not train with every seed at any rate" : "is told apart from it")} ({numbers})")
            : best.BatchSize > LargestSmall && small.All(sweep.IsWorse) ? Is(Verdict.Contradicted, $"best is m = {best.BatchSize}, and every m up to {LargestSmall} is told apart from it ({numbers})")
            : Is(Verdict.Untested, $"best is m = {best.BatchSize}, and m = {string.Join(", ", (best.BatchSize > LargestSmall ? small : large).Where(b => !sweep.IsWorse(b)).Select(b => b.BatchSize))} cannot be told from it ({numbers})");
    }
}
