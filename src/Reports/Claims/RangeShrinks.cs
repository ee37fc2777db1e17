using System.Globalization;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Reports.Claims;

/// <summary>
/// Claim 2, judged by the range in which every seed trains and by that within 2 points of each m's own best. A range that
/// touches the grid's end is at least so wide: it may stand for the wider of two, never for the narrower.
/// </summary>
internal static class RangeShrinks
{
    public static Finding Judge(SweepEvidence sweep)
    {
        Finding Is(Verdict verdict, string reason) => new(verdict, sweep.Name, reason);
        if (sweep.BatchSizes.Count < 2 || sweep.Results.Sweep.Replicas < 2 || !sweep.IsComplete)
        {
            return Is(Verdict.Untested, sweep.IsComplete ? "it needs several batch sizes and several seeds a cell" : "the sweep is not complete");
        }

        var rates = sweep.Figures.Grid.Select(c => c.BaseLearningRate).Distinct().OrderBy(Axis.Log2).ToList();
        if (rates.Count < 3 || sweep.Spec?.Scaling is not null)
        {
            return Is(Verdict.Untested, "it needs three base learning rates or more, the same for every m");
        }

        if (sweep.Figures.Grid.Any(c => c is { LeftOutAfter: not null, Diverged: 0 }))
        {
            return Is(Verdict.Untested, "the search left cells out of which nobody knows whether they train");
        }

        var tops = sweep.BatchSizes.Select(b => b.Trains is { } t ? Axis.Log2(t.To) : double.NegativeInfinity).ToList();
        var bottoms = sweep.BatchSizes.Select(b => b.Trains is { } t ? Axis.Log2(t.From) : double.PositiveInfinity).ToList();
        var numbers = $"octaves in which every seed trains: {Widths(sweep, b => b.Trains)}; within 2 points of its own best: {Widths(sweep, b => b.NearOwnBest)}";
        var nested = Enumerable.Range(1, tops.Count - 1).All(i => tops[i] <= tops[i - 1] && bottoms[i] >= bottoms[i - 1]);
        var narrower = Width(sweep.Largest.Trains) < Width(sweep.BatchSizes[0].Trains);
        var (nearFirst, nearLast) = (Width(sweep.BatchSizes[0].NearOwnBest), Width(sweep.Largest.NearOwnBest));
        return nested && narrower && nearLast <= nearFirst ? Is(Verdict.Confirmed, $"each range lies within that of the next smaller m, and the last is narrower than the first ({numbers})")
            : Width(sweep.Largest.Trains) > Width(sweep.BatchSizes[0].Trains) && sweep.BatchSizes[0].Trains is null or { IsBound: false } && nearLast >= nearFirst ? Is(Verdict.Contradicted, $"the largest m trains over a wider range than the smallest ({numbers})")
            : Is(Verdict.Untested, $"the ranges do not order ({numbers})");
    }

    private static double Width(RateRange? range) => range?.Octaves ?? -1;

    private static string Widths(SweepEvidence sweep, Func<BatchSizeSummary, RateRange?> of) => string.Join(", ", sweep.BatchSizes.Select(b =>
        of(b) is { } r ? string.Create(CultureInfo.InvariantCulture, $"{(r.IsBound ? "≥ " : "")}{r.Octaves:0.#} at m = {b.BatchSize}") : $"none at m = {b.BatchSize}"));
}
