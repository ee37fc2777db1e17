using SmallBatch.Statistics;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 7: the same with and without warm-up.</summary>
internal static class WarmupHelps
{
    public const string Wanted = "two sweeps that differ in warmup alone";

    public static bool Pair(SweepEvidence without, SweepEvidence with) =>
        without.Spec is { Warmup: null } && with.Spec is { Warmup: not null } && Pairs.Agree(without, with, s => s with { Warmup = null });

    public static (Verdict, string) Judge(SweepEvidence without, SweepEvidence with)
    {
        var m = with.Largest.BatchSize;
        if (without.Largest.BatchSize != m || with.Scores(with.Largest) is not { } warm)
        {
            return (Verdict.Untested, "the two sweeps have not the same largest batch size, or it does not train with warm-up");
        }

        var cold = without.Scores(without.Largest);
        var numbers = $"with warm-up {SweepEvidence.Told(with.Largest)}, without {SweepEvidence.Told(without.Largest)}; best with warm-up {SweepEvidence.Told(with.Best!)}";
        var improves = cold is null || WelchTest.PValue(warm, cold.Value) < Pairs.Level;
        var worsens = cold is { } c && WelchTest.PValue(c, warm) < Pairs.Level;
        return improves && with.IsWorse(with.Largest) ? (Verdict.Confirmed, numbers)
            : worsens ? (Verdict.Contradicted, $"warm-up makes the largest m worse ({numbers})")
            : with.Best!.BatchSize == m && without.IsWorse(without.Largest) ? (Verdict.Contradicted, $"with warm-up the largest m is best ({numbers})")
            : (Verdict.Untested, $"{numbers}: no difference that these seeds show");
    }
}
