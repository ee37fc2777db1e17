using ScottPlot;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>The range of η̃ that trains, for each m: the paper's Fig. 16.</summary>
internal static class RangesByBatchSize
{
    private static readonly Color Trains = Color.FromHex("#9EC1D9"), Near = Color.FromHex("#1F5A85");

    /// <summary>Draws it; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(SweepFigures sweep)
    {
        var summaries = sweep.Results.Analysis.BatchSizes;
        if (!summaries.Any(b => b.Trains is not null))
        {
            return (null, "at no base learning rate every seed trained");
        }

        var plot = Canvas.Create($"{sweep.Title}{sweep.Unfinished}", Canvas.BatchSizeAxis, Canvas.RateAxis);
        var apart = sweep.BatchSizes.Zip(sweep.BatchSizes.Skip(1), (a, b) => Math.Log2(b) - Math.Log2(a)).DefaultIfEmpty(1).Min();
        foreach (var b in summaries)
        {
            Bar(plot, b.BatchSize, b.Trains, 0.3 * apart, Trains);
            Bar(plot, b.BatchSize, b.NearOwnBest, 0.12 * apart, Near);
            if (b.BestBaseLearningRate is { } best)
            {
                plot.Add.Marker(Math.Log2(b.BatchSize), Axis.Log2(best), MarkerShape.FilledDiamond, 12, Colors.White);
                plot.Add.Marker(Math.Log2(b.BatchSize), Axis.Log2(best), MarkerShape.FilledDiamond, 8, Colors.Black);
            }
        }

        plot.Explain("every seed\ntrains", MarkerShape.FilledSquare, Trains);
        plot.Explain("within 2 points\nof its best", MarkerShape.FilledSquare, Near);
        plot.Explain("its best η̃", MarkerShape.FilledDiamond, Colors.Black);
        var rates = sweep.Grid.Select(c => Axis.Log2(c.BaseLearningRate)).ToList();
        Edges(plot, rates, summaries);
        var (left, right) = (Math.Log2(sweep.BatchSizes[0]) - (0.5 * apart), Math.Log2(sweep.BatchSizes[^1]) + (0.5 * apart));
        var (low, high) = Canvas.Around(rates, 0.1);
        plot.Axes.SetLimits(left, right, low, high);
        plot.TicksBelow(Axis.NumberTicks(sweep.BatchSizes));
        plot.TicksLeft(Axis.PowerTicks(rates.Min(), rates.Max()));
        plot.Legend();
        return (plot, "Contiguous base learning rates of the grid, all replicas of the cell counted. Grey lines: the grid's ends; a bar that touches one may be longer than drawn.");
    }

    private static void Bar(Plot plot, int batchSize, RateRange? range, double half, Color color)
    {
        if (range is null)
        {
            return;
        }

        var at = Math.Log2(batchSize);
        var (from, to) = (Axis.Log2(range.From), Axis.Log2(range.To));

        // A single rate has no width and is still to be seen.
        var (low, high) = to - from > 0.16 ? (from, to) : (from - 0.08, to + 0.08);
        var bar = plot.Add.Rectangle(at - half, at + half, low, high);
        bar.FillColor = color;
        bar.LineWidth = 0;
    }

    private static void Edges(Plot plot, List<double> rates, BatchSizeSummary[] summaries)
    {
        if (summaries.Any(b => b.Trains is { IsBound: true } || b.NearOwnBest is { IsBound: true }))
        {
            plot.Add.HorizontalLine(rates.Min(), 1.5f, Colors.Gray);
            plot.Add.HorizontalLine(rates.Max(), 1.5f, Colors.Gray);
        }
    }
}
