using System.Globalization;
using ScottPlot;
using SmallBatch.Pictures.Drawing;
using SmallBatch.Statistics;

namespace SmallBatch.Pictures;

/// <summary>The update's variance against m at one cell's weights, a line for each moment, with its slope.</summary>
internal static class UpdateVariance
{
    /// <summary>Draws it; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(SweepFigures sweep)
    {
        var measured = sweep.Grid.Where(c => sweep.Replicas(c).Any(r => VarianceFigures.Of(r).Any(m => m.Points.Count > 1))).ToList();
        if (measured.Count == 0)
        {
            return (null, "the update's variance was not measured; ask for it with updateVariance");
        }

        var analysis = sweep.Results.Analysis;
        var rate = analysis.BatchSizes.FirstOrDefault(b => b.BatchSize == analysis.BestBatchSize)?.BestBaseLearningRate;
        var cell = measured.FirstOrDefault(c => c.BatchSize == analysis.BestBatchSize && c.BaseLearningRate == rate) ?? measured[0];
        var moments = sweep.Replicas(cell).SelectMany(VarianceFigures.Of).Where(m => m.Points.Count > 1).GroupBy(m => m.Number).OrderBy(g => g.Key).ToList();
        var plot = Canvas.Create($"{sweep.Title}, at the weights of m = {cell.BatchSize}, η̃ = {Axis.Label(cell.BaseLearningRate)}", Canvas.BatchSizeAxis, "variance of the update, Σ over parameters (log₂ scale)");
        var all = new List<(double X, double Y)>();
        for (var i = 0; i < moments.Count; i++)
        {
            // The geometric mean over seeds: variances of different weights differ by factors.
            var points = moments[i].SelectMany(m => m.Points).GroupBy(p => p.X).OrderBy(g => g.Key).Select(g => (X: g.Key, Y: g.Average(p => p.Y))).ToList();
            double[] xs = [.. points.Select(p => p.X)], ys = [.. points.Select(p => p.Y)];
            var slope = LineFit.Of(xs, ys)?.Slope.ToString("F2", CultureInfo.InvariantCulture) ?? "-";
            plot.Series(xs, ys, string.Create(CultureInfo.InvariantCulture, $"after {100 * moments[i].First().Fraction:0} %\nslope {slope}"), SeriesStyle.Of(i, moments.Count));
            all.AddRange(points);
        }

        var (left, right) = Canvas.Around(all.Select(p => p.X), 0.06);
        var (low, high) = Canvas.Around(all.Select(p => p.Y), 0.08);
        Proportional(plot, all);
        plot.Axes.SetLimits(left, right, low, high);
        plot.TicksBelow(Axis.NumberTicks(all.Select(p => (int)Math.Round(Math.Pow(2, p.X)))));
        plot.TicksLeft(Axis.PowerTicks(low, high));
        plot.Legend();
        return (plot, "Trace of the covariance of one update η̃·m·g, geometric mean over seeds. Grey: slope 1, a variance proportional to m.");
    }

    private static void Proportional(Plot plot, List<(double X, double Y)> points)
    {
        var (from, to) = (points.Min(p => p.X), points.Max(p => p.X));
        var middle = points.Average(p => p.Y) - points.Average(p => p.X);
        var line = plot.Add.Line(from, from + middle, to, to + middle);
        line.LineColor = Colors.Gray;
        line.LineWidth = 2;
        line.LegendText = "slope 1";
    }
}
