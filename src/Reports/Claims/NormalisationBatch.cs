using SmallBatch.Pictures;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 9, over sweeps with several batches of the normalisation.</summary>
internal static class NormalisationBatch
{
    /// <summary>The paper's best for CIFAR lies within.</summary>
    private const int From = 4, To = 8;
    private const int FewestBatches = 3;

    public static Finding Judge(IReadOnlyList<SweepEvidence> sweeps)
    {
        var names = string.Join(", ", sweeps.Select(s => s.Name));
        var alike = sweeps.Where(s => s.IsComplete).GroupBy(s => SweepAgreement.Text(s.Results, x => x with { MicroBatches = null }) ?? s.Results.Sweep.SweepId).OrderByDescending(g => g.Count()).FirstOrDefault()?.ToList() ?? [];
        var lines = alike.SelectMany(s => NormBatches.Points(s.Figures)).GroupBy(p => p.BatchSize).OrderBy(g => g.Key)
            .Select(g => (BatchSize: g.Key, Points: g.GroupBy(p => p.NormBatch).Select(p => p.MaxBy(x => x.Mean)!).OrderBy(p => p.NormBatch).ToList()))
            .Where(l => l.Points.Count >= FewestBatches && l.BatchSize > To).ToList();
        if (lines.Count < 2)
        {
            return new(Verdict.Untested, names, $"it needs two batch sizes m above {To}, each with {FewestBatches} batches of the normalisation or more: several sweeps that differ in batchNormBatchSize alone");
        }

        var best = lines.Select(l => (l.BatchSize, Best: l.Points.MaxBy(p => p.Mean)!, Whole: l.Points[^1])).ToList();
        var numbers = string.Join(", ", best.Select(b => FormattableString.Invariant($"m = {b.BatchSize}: best {b.Best.NormBatch} ({b.Best.Mean:F1} %)")));

        // A best batch whose interval lies above that of the largest batch is more than chance.
        var smaller = best.TrueForAll(b => b.Best.NormBatch is >= From and <= To && b.Best.Mean - b.Best.Half > b.Whole.Mean + b.Whole.Half);
        var whole = best.TrueForAll(b => b.Best == b.Whole && lines.First(l => l.BatchSize == b.BatchSize).Points.SkipLast(1).All(p => p.Mean + p.Half < b.Best.Mean - b.Best.Half));
        return new(smaller ? Verdict.Confirmed : whole ? Verdict.Contradicted : Verdict.Untested, names, smaller || whole ? numbers : $"{numbers}: no difference that these seeds show for every m");
    }
}
