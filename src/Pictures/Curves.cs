using ScottPlot;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>Test accuracy over training at one η̃, a line for each m: the paper's Fig. 4.</summary>
internal static class Curves
{
    /// <summary>More points than this are not told apart on paper.</summary>
    private const int MostPoints = 400;

    /// <summary>Draws it against epochs or updates; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(SweepFigures sweep, bool byUpdates)
    {
        if (Rate(sweep) is not { } rate)
        {
            return (null, "no curve is stored");
        }

        var cells = sweep.Grid.Where(c => c.BaseLearningRate == rate && sweep.Lines.Contains(c.BatchSize)).OrderBy(c => c.BatchSize).ToList();
        var plot = Canvas.Create($"{sweep.Title}, η̃ = {Axis.Label(rate)}{sweep.Unfinished}", byUpdates ? "updates (log₂ scale)" : "epochs", Canvas.AccuracyAxis);
        var (xs, ys) = (new List<double>(), new List<double>());
        foreach (var cell in cells)
        {
            var points = Mean(sweep.Replicas(cell), byUpdates);
            if (points.Count == 0)
            {
                continue;
            }

            plot.Series([.. points.Select(p => p.X)], [.. points.Select(p => p.Y)], $"m = {cell.BatchSize}{(cell.Trained < cell.Replicas ? " *" : "")}", SeriesStyle.Of(sweep.Lines.ToList().IndexOf(cell.BatchSize), sweep.Lines.Count), points.Count > 30 ? 0 : 7);
            xs.AddRange(points.Select(p => p.X));
            ys.AddRange(points.Select(p => p.Y));
        }

        var (left, right) = Canvas.Around(xs, 0.03);
        var (low, high) = Canvas.Around(ys, 0.06);
        plot.Axes.SetLimits(byUpdates ? left : Math.Max(0, left), right, Math.Max(0, low), Math.Min(100, high));
        if (byUpdates)
        {
            plot.TicksBelow(Axis.PowerTicks(left, right));
        }
        else
        {
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        }

        plot.Legend();
        return (plot, $"Test accuracy, mean over the seeds that were still finite, at the base learning rate at which most batch sizes train.{(cells.Any(c => c.Trained < c.Replicas) ? " *: not every seed trained." : "")}{sweep.Thinned}");
    }

    /// <summary>The η̃ at which most m train with every seed; of equal ones that with the best mean.</summary>
    internal static string? Rate(SweepFigures sweep) => sweep.Grid
        .Where(c => sweep.Replicas(c).Any(r => r.Curve.Length > 0))
        .GroupBy(c => c.BaseLearningRate)
        .OrderByDescending(g => g.Count(c => c.Complete && c.Trained == c.Replicas)).ThenByDescending(g => g.Average(c => SweepFigures.Mean(c) ?? 0)).ThenBy(g => Axis.Log2(g.Key))
        .FirstOrDefault()?.Key;

    /// <summary>The mean curve, thinned evenly where it is long.</summary>
    internal static List<(double X, double Y)> Mean(IReadOnlyList<ReplicaResult> replicas, bool byUpdates)
    {
        var points = replicas.SelectMany(r => r.Curve).Where(p => double.IsFinite(p.TestAccuracy) && p.Step > 0).GroupBy(p => p.Epoch).OrderBy(g => g.Key)
            .Select(g => (X: byUpdates ? Math.Log2(g.First().Step) : g.Key, Y: 100 * g.Average(p => p.TestAccuracy))).ToList();
        var step = (points.Count + MostPoints - 1) / MostPoints;
        return step < 2 ? points : [.. points.Where((_, i) => i % step == 0 || i == points.Count - 1)];
    }
}
