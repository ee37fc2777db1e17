using ScottPlot;
using SmallBatch.Pictures.Drawing;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Pictures;

/// <summary>
/// Accuracy against the batch that is normalised together, a line for each m: the paper's Fig. 13. One sweep has one such rule,
/// so this takes several.
/// </summary>
internal static class NormBatches
{
    /// <summary>Draws it; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(IReadOnlyList<SweepFigures> sweeps)
    {
        // Sweeps that differ in something else too would blame the normalisation for it.
        var alike = sweeps.GroupBy(s => SweepAgreement.Text(s.Results, x => x with { MicroBatches = null }) ?? s.Results.Sweep.SweepId).OrderByDescending(g => g.Count()).FirstOrDefault()?.ToList() ?? [];
        var points = alike.SelectMany(Points).GroupBy(p => p.BatchSize).OrderBy(g => g.Key)
            .Select(g => (BatchSize: g.Key, Points: g.GroupBy(p => p.NormBatch).Select(p => p.MaxBy(x => x.Mean)!).OrderBy(p => p.NormBatch).ToList())).ToList();
        if (!points.Any(g => g.Points.Count > 1))
        {
            return (null, "no batch size was trained with several batches of the normalisation; name several sweeps that differ in batchNormBatchSize alone");
        }

        var plot = Canvas.Create("Accuracy by the batch of the normalisation", "batch of the normalisation, images (log₂ scale)", Canvas.AccuracyAxis);
        for (var i = 0; i < points.Count; i++)
        {
            var style = SeriesStyle.Of(i, points.Count);
            double[] xs = [.. points[i].Points.Select(p => Math.Log2(p.NormBatch))], ys = [.. points[i].Points.Select(p => p.Mean)];
            plot.Series(xs, ys, $"m = {points[i].BatchSize}", style);
            plot.Bars(xs, ys, [.. points[i].Points.Select(p => p.Half)], style.Color);
        }

        var all = points.SelectMany(g => g.Points).ToList();
        var (left, right) = Canvas.Around(all.Select(p => Math.Log2(p.NormBatch)), 0.08);
        var (low, high) = Canvas.Around(all.SelectMany(p => new[] { p.Mean - p.Half, p.Mean + p.Half }), 0.08);
        plot.Axes.SetLimits(left, right, Math.Max(0, low), Math.Min(100, high));
        plot.TicksBelow(Axis.NumberTicks(all.Select(p => p.NormBatch)));
        plot.Legend();
        return (plot, $"Each batch size m at its best η̃ of each of {string.Join(", ", alike.Select(s => s.Results.Sweep.Name))}. Bars: 95 % interval of the mean (Student's t).");
    }

    internal static IEnumerable<NormPoint> Points(SweepFigures sweep)
    {
        var spec = SweepSpecReader.Read(sweep.Results.Sweep.SpecText, sweep.Results.Sweep.Name).Value;
        if (spec is null or { BatchNorm: Specs.Settings.BatchNormalisation.None } or { GroupNorm: not null })
        {
            yield break;
        }

        foreach (var b in sweep.Results.Analysis.BatchSizes)
        {
            if ((b.Confirmed ?? b.Selected) is { } cell && SweepFigures.Mean(cell) is { } mean)
            {
                var half = cell is { IntervalLow: { } low, IntervalHigh: { } high } && double.IsFinite(high - low) ? 50 * (high - low) : 0;
                yield return new(b.BatchSize, spec.MicroBatches?.Size(b.BatchSize) ?? b.BatchSize, mean, half);
            }
        }
    }
}

/// <summary>One batch size at its best η̃ with one batch of the normalisation.</summary>
internal sealed record NormPoint(int BatchSize, int NormBatch, double Mean, double Half);
