using ScottPlot;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>Accuracy against η̃, a line for each m: the paper's Figs. 1 to 12.</summary>
internal static class AccuracyByRate
{
    /// <summary>Draws it; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(SweepFigures sweep)
    {
        var shown = sweep.Grid.Where(c => c.Complete && SweepFigures.Mean(c) is not null).ToList();
        if (shown.Count == 0)
        {
            return (null, "no cell is complete with a finite seed");
        }

        var plot = Canvas.Create($"{sweep.Title}{sweep.Unfinished}", Canvas.RateAxis, Canvas.Accuracy(sweep.GridSplit));
        for (var i = 0; i < sweep.Lines.Count; i++)
        {
            Line(plot, [.. shown.Where(c => c.BatchSize == sweep.Lines[i]).OrderBy(c => Axis.Log2(c.BaseLearningRate))], $"m = {sweep.Lines[i]}", SeriesStyle.Of(i, sweep.Lines.Count));
        }

        if (shown.Any(c => c.Trained < c.Replicas))
        {
            plot.Explain("not all\nseeds trained", MarkerShape.OpenCircle, Colors.Black);
        }

        var (low, high) = Canvas.Around(shown.SelectMany(c => new[] { SweepFigures.Mean(c)!.Value - SweepFigures.Deviation(c), SweepFigures.Mean(c)!.Value + SweepFigures.Deviation(c) }), 0.06);
        var (left, right) = Canvas.Around(sweep.Grid.Select(c => Axis.Log2(c.BaseLearningRate)), 0.04);
        plot.Axes.SetLimits(left, right, Math.Max(0, low), Math.Min(100, high));
        plot.TicksBelow(Axis.PowerTicks(left, right));
        plot.Legend();
        return (plot, $"Mean over seeds ± one standard deviation. Open circles: not every seed trained there, and the mean is over the finite ones; what diverged altogether has no point.{sweep.Thinned}");
    }

    private static void Line(Plot plot, List<CellSummary> cells, string label, SeriesStyle style)
    {
        if (cells.Count == 0)
        {
            return;
        }

        var xs = cells.Select(c => Axis.Log2(c.BaseLearningRate)).ToArray();
        var ys = cells.Select(c => SweepFigures.Mean(c)!.Value).ToArray();
        plot.Series(xs, ys, label, style);
        plot.Bars(xs, ys, [.. cells.Select(SweepFigures.Deviation)], style.Color);
        foreach (var (cell, x, y) in cells.Zip(xs, ys).Where(c => c.First.Trained < c.First.Replicas))
        {
            plot.Add.Marker(x, y, MarkerShape.FilledCircle, 11, Colors.White);
            plot.Add.Marker(x, y, MarkerShape.OpenCircle, 10, style.Color).LineWidth = 2;
        }
    }
}
