using SmallBatch.Pictures.Drawing;
using SmallBatch.Statistics;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 3: what is the best η̃ of the best m costs the largest m accuracy, or does not train there.</summary>
internal static class OptimumNeedsSmall
{
    /// <summary>Of the one-sided test.</summary>
    private const double Level = 0.05;

    public static Finding Judge(SweepEvidence sweep)
    {
        Finding Is(Verdict verdict, string reason) => new(verdict, sweep.Name, reason);
        if (!sweep.IsComplete || sweep.Best is not { BestBaseLearningRate: { } rate } best)
        {
            return Is(Verdict.Untested, sweep.IsComplete ? "no batch size has a base learning rate at which every seed trained" : "the sweep is not complete");
        }

        if (best.BatchSize == sweep.Largest.BatchSize || sweep.Spec?.Scaling is not null)
        {
            return Is(Verdict.Untested, sweep.Spec?.Scaling is null ? $"the best batch size, m = {best.BatchSize}, is the largest" : "the base learning rates differ from m to m");
        }

        if (best.OnGridEdge)
        {
            return Is(Verdict.Untested, $"the best η̃ of m = {best.BatchSize}, {Axis.Label(rate)}, lies on the grid's edge");
        }

        var there = sweep.Cell(sweep.Largest.BatchSize, rate)!;
        var own = sweep.Largest.Selected;
        if (there is { LeftOutAfter: { } budget, Diverged: 0 })
        {
            return Is(Verdict.Untested, $"the search left the best η̃, {Axis.Label(rate)}, out at m = {sweep.Largest.BatchSize} after {budget}");
        }

        var numbers = $"the best η̃ is {Axis.Label(rate)}, of m = {best.BatchSize}; at m = {sweep.Largest.BatchSize} {there.Trained} of {there.Replicas} seeds train there{(there.Mean is { } mean ? $", {SweepEvidence.Percent(mean)} %" : "")}{(own is null ? "" : $", and its own best is {Axis.Label(own.BaseLearningRate)} with {SweepEvidence.Percent(own.Mean)} %")}";
        if (own is null || there.Trained < there.Replicas)
        {
            return Is(Verdict.Confirmed, numbers);
        }

        double[] Scores(Contracts.Results.CellSummary cell) => [.. sweep.Figures.Replicas(cell).Select(r => r.Score).OfType<double>()];
        var isLower = Axis.Log2(own.BaseLearningRate) < Axis.Log2(rate) && WelchTest.PValue(Sample.Of(Scores(own)), Sample.Of(Scores(there))) < Level;
        return isLower ? Is(Verdict.Confirmed, numbers)
            : own.BaseLearningRate == rate ? Is(Verdict.Contradicted, numbers)
            : Is(Verdict.Untested, $"{numbers}: no difference that these seeds show");
    }
}
