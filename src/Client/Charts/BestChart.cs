using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;
using Spectre.Console;

namespace SmallBatch.Client.Charts;

/// <summary>Best accuracy against m with its interval: the paper's Fig. 15.</summary>
internal static class BestChart
{
    /// <summary>What prints it; null where there is nothing to print.</summary>
    public static Action? Of(IAnsiConsole console, SweepResults results, int width)
    {
        var points = results.Analysis.BatchSizes.Where(b => RateAxis.Mean(b.Confirmed ?? b.Selected) is not null).Select(b => (b.BatchSize, Cell: (b.Confirmed ?? b.Selected)!)).ToList();
        return points.Count == 0 ? null : () => Print(console, results, points, width);
    }

    private static void Print(IAnsiConsole console, SweepResults results, List<(int BatchSize, CellSummary Cell)> points, int width)
    {
        var places = results.Analysis.BatchSizes.Select(b => Math.Log2(b.BatchSize)).ToList();
        var frame = new ChartFrame(width, [.. points.SelectMany(p => new[] { RateAxis.Mean(p.Cell)!.Value, Low(p.Cell), High(p.Cell) })], places.Min(), places.Max());
        frame.Label(results.Analysis.BatchSizes.Select(b => (Math.Log2(b.BatchSize), b.BatchSize.ToString(CultureInfo.InvariantCulture))));
        foreach (var (m, cell) in points)
        {
            var column = (int)Math.Round(frame.Column(Math.Log2(m)));
            var best = m == results.Analysis.BestBatchSize;
            var style = best ? new Style(Color.Green) : Style.Plain;
            var (top, bottom) = ((int)Math.Round(frame.Row(High(cell))), (int)Math.Round(frame.Row(Low(cell))));
            for (var row = top; row <= bottom && top < bottom; row++)
            {
                frame.Canvas.Write(row, column, row == top ? "┬" : row == bottom ? "┴" : "│", style);
            }

            frame.Canvas.Write((int)Math.Round(frame.Row(RateAxis.Mean(cell)!.Value)), column, best ? "◆" : results.Analysis.NotToldApart.Contains(m) ? "◇" : "●", style);
        }

        frame.Canvas.Print(console);
        var fresh = points.Count(p => results.Analysis.BatchSizes.First(b => b.BatchSize == p.BatchSize).Confirmed is not null);
        Output.Prose(console, $"◆ best, ◇ cannot be told from it, ● told apart; bars: 95 % interval. {(fresh == points.Count ? "Over fresh seeds." : fresh == 0 ? "Over the seeds that selected each η̃: too high." : "Over fresh seeds where there are some.")}");
    }

    private static double Low(CellSummary cell) => cell.IntervalLow is { } low && double.IsFinite(low) ? Math.Max(0, 100 * low) : RateAxis.Mean(cell)!.Value;

    private static double High(CellSummary cell) => cell.IntervalHigh is { } high && double.IsFinite(high) ? Math.Min(100, 100 * high) : RateAxis.Mean(cell)!.Value;
}
