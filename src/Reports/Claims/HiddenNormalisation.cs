using SmallBatch.Specs.Settings;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 6: batch normalisation after convolutions only against after hidden layers too.</summary>
internal static class HiddenNormalisation
{
    public const string Wanted = "two sweeps that differ in batchNorm: conv and batchNorm: all";

    public static bool Pair(SweepEvidence conv, SweepEvidence all) =>
        conv.Spec?.BatchNorm == BatchNormalisation.Conv && all.Spec?.BatchNorm == BatchNormalisation.All && Pairs.Agree(conv, all, s => s with { BatchNorm = BatchNormalisation.All });

    public static (Verdict, string) Judge(SweepEvidence conv, SweepEvidence all)
    {
        var (one, other) = (Candidates(conv), Candidates(all));
        var numbers = $"after convolutions only the best is among m = {string.Join(", ", one)}, after hidden layers too among m = {string.Join(", ", other)}";
        return other.Min() > one.Max() ? (Verdict.Confirmed, numbers)
            : one.Min() > other.Max() ? (Verdict.Contradicted, numbers)
            : (Verdict.Untested, $"{numbers}: these seeds do not order them");
    }

    private static List<int> Candidates(SweepEvidence sweep) => [.. sweep.Results.Analysis.NotToldApart.Append(sweep.Best!.BatchSize).Order()];
}
