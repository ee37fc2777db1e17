using System.Globalization;
using ScottPlot;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>What it takes each m, at its best η̃, to reach an accuracy that all of them reach.</summary>
internal static class Effort
{
    /// <summary>Draws device time, or else images; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(SweepFigures sweep, bool time)
    {
        var reached = Reached(sweep, out var target);
        var points = reached.Select(r => (r.BatchSize, Value: time ? r.Seconds : r.Epoch * (double)sweep.Results.Sweep.TrainImages)).Where(p => p.Value is > 0).Select(p => (p.BatchSize, Value: p.Value!.Value)).ToList();
        if (points.Count == 0)
        {
            return (null, reached.Count == 0 ? "no curve of a batch size's best base learning rate is stored" : "no attempt says how long it trained");
        }

        var what = time ? "device time a seed, s" : "training images seen";
        var plot = Canvas.Create(string.Create(CultureInfo.InvariantCulture, $"{sweep.Title}: until {target:F1} % are reached"), Canvas.BatchSizeAxis, $"{what} (log₂ scale)");
        double[] xs = [.. points.Select(p => Math.Log2(p.BatchSize))], ys = [.. points.Select(p => Math.Log2(p.Value))];
        plot.Series(xs, ys, "", SeriesStyle.Of(0, 1));
        foreach (var (batchSize, value) in points)
        {
            var text = plot.Add.Text(time ? Seconds(value) : string.Create(CultureInfo.InvariantCulture, $"{value / sweep.Results.Sweep.TrainImages:0.#} epochs"), Math.Log2(batchSize), Math.Log2(value));
            text.LabelFontName = PictureFont.Name;
            text.LabelFontSize = 14;
            text.LabelAlignment = Alignment.LowerCenter;
            text.LabelBackgroundColor = Colors.White.WithAlpha(0.8);
            text.OffsetY = -10;
        }

        var (left, right) = Canvas.Around(xs, 0.1);
        var (low, high) = Canvas.Around(ys, 0.1);
        var room = Math.Max(0.5, (high - low) * 0.12);
        plot.Axes.SetLimits(left, right, low - room, high + room);
        plot.TicksBelow(Axis.NumberTicks(points.Select(p => p.BatchSize)));
        plot.TicksLeft(Ticks(low - room, high + room, time));
        return (plot, $"At each batch size's best η̃, until the mean test accuracy first reaches what every batch size shown reaches.{(time ? " Replicas train together: the time is that of all, divided by their number." : "")}");
    }

    /// <summary>When each m's mean curve first reaches the highest accuracy that all of them reach, per cent.</summary>
    internal static IReadOnlyList<Reach> Reached(SweepFigures sweep, out double target)
    {
        var curves = sweep.Results.Analysis.BatchSizes
            .Where(b => b.Selected is not null)
            .Select(b => (Cell: b.Selected!, Curve: Curves.Mean(sweep.Replicas(b.Selected!), byUpdates: false)))
            .Where(c => c.Curve.Count > 0).ToList();
        var wanted = target = curves.Count == 0 ? double.NaN : curves.Min(c => c.Curve.Max(p => p.Y));
        return
        [
            .. curves.Select(c =>
            {
                var epoch = (int)c.Curve.First(p => p.Y >= wanted).X;
                var step = sweep.Replicas(c.Cell).SelectMany(r => r.Curve).First(p => p.Epoch == epoch).Step;
                return new Reach(c.Cell.BatchSize, epoch, step, SecondsAStep(sweep, c.Cell) * step / Math.Max(1, c.Cell.Replicas));
            }),
        ];
    }

    /// <summary>How long a step of a cell's replicas together took; null where no attempt says.</summary>
    private static double? SecondsAStep(SweepFigures sweep, CellSummary cell)
    {
        var runs = sweep.Results.Runs
            .Where(r => r.Stage == Stage.Grid && r.BatchSize == cell.BatchSize && r.BaseLearningRate == cell.BaseLearningRate && r.Run.ReachedStep > r.Run.ResumedFromStep && r.Run.TrainingSeconds > 0)
            .Select(r => r.Run).ToList();
        return runs.Count == 0 ? null : runs.Sum(r => r.TrainingSeconds) / runs.Sum(r => r.ReachedStep - r.ResumedFromStep);
    }

    private static (double[] At, string[] Labels) Ticks(double low, double high, bool time)
    {
        var (at, _) = Axis.PowerTicks(low, high);
        return (at, [.. at.Select(e => time ? Seconds(Math.Pow(2, e)) : Count(Math.Pow(2, e)))]);
    }

    private static string Seconds(double seconds) => seconds >= 100 ? seconds.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ') : seconds.ToString("G3", CultureInfo.InvariantCulture);

    private static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');

    /// <summary>When a batch size reached the accuracy.</summary>
    internal sealed record Reach(int BatchSize, int Epoch, long Step, double? Seconds);
}
