using SmallBatch.Specs.Settings;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 5.</summary>
internal static class NoNormalisation
{
    private const int Smallest = 2;

    /// <summary>The largest at which the paper's ResNet-32 without batch normalisation trained.</summary>
    private const int LargestOfResNet32 = 8;

    public static Finding Judge(SweepEvidence sweep)
    {
        Finding Is(Verdict verdict, string reason) => new(verdict, sweep.Name, reason);
        if (sweep.Spec is not { BatchNorm: BatchNormalisation.None, GroupNorm: null })
        {
            return Is(Verdict.Untested, "the network is normalised");
        }

        if (sweep.BatchSizes[0].BatchSize != Smallest || sweep.BatchSizes.Count < 3 || !sweep.IsComplete || sweep.Best is not { } best || !sweep.Results.Analysis.Confirmed)
        {
            return Is(Verdict.Untested, "it needs m = 2 and two larger batch sizes, all complete and confirmed on fresh seeds");
        }

        var numbers = string.Join(", ", sweep.BatchSizes.Select(SweepEvidence.Told));
        var trained = sweep.BatchSizes.Where(b => b.Trains is not null).Select(b => b.BatchSize).ToList();
        if (sweep.Spec.Network == "resnet32" && trained.Exists(m => m > LargestOfResNet32))
        {
            return Is(Verdict.Contradicted, $"m = {string.Join(", ", trained.Where(m => m > LargestOfResNet32))} train too ({numbers})");
        }

        return best.BatchSize == Smallest && sweep.IsWorse(sweep.Largest) ? Is(Verdict.Confirmed, $"m = 2 is best, and the largest is told apart from it ({numbers})")
            : sweep.IsWorse(sweep.BatchSizes[0]) ? Is(Verdict.Contradicted, $"m = 2 is told apart from the best, m = {best.BatchSize} ({numbers})")
            : Is(Verdict.Untested, $"the best, m = {best.BatchSize}, cannot be told from its neighbours ({numbers})");
    }
}
