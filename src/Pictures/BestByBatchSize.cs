using ScottPlot;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>Best accuracy against m, a line for each sweep: the paper's Fig. 15.</summary>
internal static class BestByBatchSize
{
    /// <summary>Draws it; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(IReadOnlyList<SweepFigures> sweeps)
    {
        var lines = sweeps.Select(s => (Sweep: s, Points: s.Results.Analysis.BatchSizes.Where(b => Cell(b) is { } c && SweepFigures.Mean(c) is not null).ToList())).ToList();
        if (lines.All(l => l.Points.Count == 0))
        {
            return (null, "no batch size has a base learning rate at which every seed trained");
        }

        var single = sweeps.Count == 1;
        var plot = Canvas.Create(single ? $"{sweeps[0].Title}{sweeps[0].Unfinished}" : "Best accuracy of each batch size", Canvas.BatchSizeAxis, Canvas.AccuracyAxis);
        for (var i = 0; i < lines.Count; i++)
        {
            Line(plot, lines[i].Points, single ? "best of each m" : lines[i].Sweep.Results.Sweep.Name, SeriesStyle.Of(i, lines.Count), i);
        }

        if (single)
        {
            Standing(plot, lines[0].Sweep, lines[0].Points);
        }

        var points = lines.SelectMany(l => l.Points).ToList();
        var (left, right) = Canvas.Around(sweeps.SelectMany(s => s.BatchSizes).Select(m => Math.Log2(m)), 0.06);
        var (low, high) = Canvas.Around(points.SelectMany(b => new[] { SweepFigures.Mean(Cell(b)!)!.Value - Half(Cell(b)!), SweepFigures.Mean(Cell(b)!)!.Value + Half(Cell(b)!) }), 0.1);
        plot.Axes.SetLimits(left, right, Math.Max(0, low), Math.Min(100, high));
        plot.TicksBelow(Axis.NumberTicks(sweeps.SelectMany(s => s.BatchSizes)));
        plot.Legend();
        return (plot, $"{Evidence(points)} Bars: 95 % interval of the mean (Student's t).{(single ? " Ringed: the best; squares around those that cannot be told from it at 5 %." : "")}");
    }

    private static CellSummary? Cell(BatchSizeSummary b) => b.Confirmed ?? b.Selected;

    private static double Half(CellSummary cell) => cell is { IntervalLow: { } low, IntervalHigh: { } high } && double.IsFinite(high - low) ? 50 * (high - low) : 0;

    private static void Line(Plot plot, List<BatchSizeSummary> points, string label, SeriesStyle style, int shift)
    {
        // Lines of several sweeps stand a little apart, so that their bars do not hide each other.
        double[] xs = [.. points.Select(b => Math.Log2(b.BatchSize) + (0.04 * shift))];
        double[] ys = [.. points.Select(b => SweepFigures.Mean(Cell(b)!)!.Value)];
        plot.Series(xs, ys, label, style);
        plot.Bars(xs, ys, [.. points.Select(b => Half(Cell(b)!))], style.Color);
    }

    private static void Standing(Plot plot, SweepFigures sweep, List<BatchSizeSummary> points)
    {
        var analysis = sweep.Results.Analysis;
        foreach (var b in points)
        {
            var shape = b.BatchSize == analysis.BestBatchSize ? MarkerShape.OpenCircle : analysis.NotToldApart.Contains(b.BatchSize) ? MarkerShape.OpenSquare : MarkerShape.None;
            if (shape != MarkerShape.None)
            {
                plot.Add.Marker(Math.Log2(b.BatchSize), SweepFigures.Mean(Cell(b)!)!.Value, shape, 20, Colors.Black).LineWidth = 2;
            }
        }

        plot.Explain("the best", MarkerShape.OpenCircle, Colors.Black);
        if (analysis.NotToldApart.Length > 0)
        {
            plot.Explain("cannot be\ntold from it", MarkerShape.OpenSquare, Colors.Black);
        }
    }

    private static string Evidence(List<BatchSizeSummary> points)
    {
        var fresh = points.Count(b => b.Confirmed is not null);
        return fresh == points.Count ? "Means over fresh seeds at each batch size's best η̃."
            : fresh == 0 ? "Means over the seeds that selected each η̃: too high, being the best of many; selection not confirmed."
            : "Means over fresh seeds at each batch size's best η̃ where there are some, else over the seeds that selected it.";
    }
}
