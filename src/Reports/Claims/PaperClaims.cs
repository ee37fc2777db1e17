using SmallBatch.Contracts.Results;

namespace SmallBatch.Reports.Claims;

/// <summary>
/// The ten claims of Masters and Luschi 2018 that results can test, each judged by every sweep, or pair of sweeps, that can. A claim
/// is confirmed or contradicted only by a difference that the statistics show; everything else is untested, with the reason.
/// </summary>
public static class PaperClaims
{
    /// <summary>Judges all of them; pure.</summary>
    public static IReadOnlyList<ClaimReport> Judge(IReadOnlyList<SweepResults> sweeps)
    {
        ArgumentNullException.ThrowIfNull(sweeps);
        var evidence = sweeps.Where(s => s.Analysis.BatchSizes.Length > 0).Select(s => new SweepEvidence(s)).ToList();
        return
        [
            new(1, "At equal epochs the best accuracy is reached at small m, 32 or smaller, and falls as m grows.", [.. evidence.Select(BestIsSmall.Judge)]),
            new(2, "The range of base learning rates that train shrinks as m grows.", [.. evidence.Select(RangeShrinks.Judge)]),
            new(3, "A network has one best base learning rate, and only small m can use it.", [.. evidence.Select(OptimumNeedsSmall.Judge)]),
            new(4, "At one base learning rate the curves by epoch coincide for m from 4 to 64, and large m falls behind.", [.. evidence.Select(CurvesCoincide.Judge)]),
            new(5, "Without batch normalisation accuracy improves down to m = 2; ResNet-32 then trains only for m up to 8.", [.. evidence.Select(NoNormalisation.Judge)]),
            new(6, "Batch normalisation of hidden layers, not only of convolutions, moves the best m up.", Pairs.Judge(evidence, HiddenNormalisation.Pair, HiddenNormalisation.Judge, HiddenNormalisation.Wanted)),
            new(7, "Warm-up improves large m and does not close its gap to small m.", Pairs.Judge(evidence, WarmupHelps.Pair, WarmupHelps.Judge, WarmupHelps.Wanted)),
            new(8, "More epochs help large m more and do not close its gap to small m.", Pairs.Judge(evidence, LongerHelps.Pair, LongerHelps.Judge, LongerHelps.Wanted)),
            new(9, "The best batch of the normalisation is small, 4 to 8 on CIFAR, and hardly depends on m.", [NormalisationBatch.Judge(evidence)]),
            new(10, "The variance of the update is proportional to η̃²·m.", [.. evidence.Select(VarianceIsLinear.Judge)]),
        ];
    }
}
