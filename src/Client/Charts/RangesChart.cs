using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;
using Spectre.Console;

namespace SmallBatch.Client.Charts;

/// <summary>The η̃ at which every seed trains, and those near the best, for each m: the paper's Fig. 16.</summary>
internal static class RangesChart
{
    private const int Label = 7;

    /// <summary>What prints it; null where there is nothing to print.</summary>
    public static Action? Of(IAnsiConsole console, SweepResults results, int width)
    {
        var axis = new RateAxis(results);
        return results.Analysis.BatchSizes.Any(b => b.Trains is not null) ? () => Print(console, results, axis, width) : null;
    }

    private static void Print(IAnsiConsole console, SweepResults results, RateAxis axis, int width)
    {
        var summaries = results.Analysis.BatchSizes;
        var (left, right) = (axis.Rates.Min(RateAxis.Log2), axis.Rates.Max(RateAxis.Log2));
        var canvas = new ChartCanvas(width, summaries.Length + 2);
        for (var row = 0; row < summaries.Length; row++)
        {
            canvas.Write(row, 0, summaries[row].BatchSize.ToString(CultureInfo.InvariantCulture).PadLeft(Label - 2));
            canvas.Write(row, Label - 1, "│");
            Bar(row, summaries[row].Trains, '─', null);
            Bar(row, summaries[row].NearOwnBest, '━', new Style(Color.Green));
            if (summaries[row].BestBaseLearningRate is { } best)
            {
                canvas.Write(row, Column(best), "◆", new Style(Color.Green));
            }
        }

        canvas.Write(summaries.Length, Label - 1, "└" + new string('─', width - Label));
        var free = 0;
        foreach (var rate in axis.Rates)
        {
            var first = Math.Min(Column(rate) - (rate.Length / 2), width - rate.Length);
            if (first >= free)
            {
                canvas.Write(summaries.Length, Column(rate), "┴");
                canvas.Write(summaries.Length + 1, first, rate);
                free = first + rate.Length + 1;
            }
        }

        canvas.Print(console);
        Output.Prose(console, "─ every seed trains, ━ within 2 points of its best, ◆ its best η̃, < and > where the grid's edge or a missing cell may hide more.");

        int Column(string rate) => Label + 2 + (int)Math.Round((width - Label - 8) * (right > left ? (RateAxis.Log2(rate) - left) / (right - left) : 0.5));

        void Bar(int row, RateRange? range, char line, Style? style)
        {
            if (range is not null)
            {
                var (from, to) = (Column(range.From), Column(range.To));
                canvas.Write(row, from, new string(line, to - from + 1), style);
                if (range.IsBound && line == '─')
                {
                    canvas.Write(row, from - 1, from == Column(axis.Rates[0]) ? "<" : "");
                    canvas.Write(row, to + 1, to == Column(axis.Rates[^1]) ? ">" : "");
                }
            }
        }
    }
}
