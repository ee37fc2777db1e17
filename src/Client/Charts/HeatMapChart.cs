using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;
using Spectre.Console;

namespace SmallBatch.Client.Charts;

/// <summary>Mean accuracy over m × η̃ as shades, with what diverged, did not train or is not there.</summary>
internal static class HeatMapChart
{
    private const string Shades = "░▒▓█";
    private const int Label = 7, WidestCell = 8;

    /// <summary>What prints it; null where there is nothing to print.</summary>
    public static Action? Of(IAnsiConsole console, SweepResults results, int width)
    {
        var axis = new RateAxis(results);
        return axis.Grid.Any(c => c.Complete) ? () => Print(console, axis, width) : null;
    }

    private static void Print(IAnsiConsole console, RateAxis axis, int width)
    {
        // A grid that is wider than the console shows every second, third … η̃.
        var every = (axis.Rates.Count + width - Label - 1) / (width - Label);
        var rates = axis.Rates.Where((_, i) => i % every == 0).ToList();
        var cell = Math.Min(WidestCell, (width - Label) / rates.Count);
        var means = axis.Grid.Select(RateAxis.Mean).OfType<double>().ToList();
        var (low, high) = (means.DefaultIfEmpty(0).Min(), means.DefaultIfEmpty(0).Max());
        var cells = axis.Grid.ToDictionary(c => (c.BatchSize, c.BaseLearningRate));
        var canvas = new ChartCanvas(width, axis.BatchSizes.Count + 2);
        for (var row = 0; row < axis.BatchSizes.Count; row++)
        {
            canvas.Write(row, 0, axis.BatchSizes[row].ToString(CultureInfo.InvariantCulture).PadLeft(Label - 2));
            canvas.Write(row, Label - 1, "│");
            for (var column = 0; column < rates.Count; column++)
            {
                canvas.Write(row, Label + (column * cell), Cell(cells.GetValueOrDefault((axis.BatchSizes[row], rates[column])), cell, low, high));
            }
        }

        canvas.Write(axis.BatchSizes.Count, Label - 1, "└" + new string('─', rates.Count * cell));
        var free = 0;
        for (var column = 0; column < rates.Count; column++)
        {
            var first = Label + (column * cell) + ((cell - rates[column].Length) / 2);
            if (first >= free && first + rates[column].Length <= width)
            {
                canvas.Write(axis.BatchSizes.Count + 1, first, rates[column]);
                free = first + rates[column].Length + 1;
            }
        }

        canvas.Print(console);
        Output.Prose(console, string.Create(CultureInfo.InvariantCulture, $"From ░ {low:F1} by ▒ ▓ to █ {high:F1}, means over the finite seeds; d a seed diverged, u a seed did not train, … not complete{(every > 1 ? $"; every {every}th η̃" : "")}."));
    }

    private static string Cell(CellSummary? cell, int width, double low, double high)
    {
        if (cell is null)
        {
            return new(' ', width);
        }

        var mark = !cell.Complete ? "…" : cell.Diverged > 0 ? "d" : cell.Untrained > 0 ? "u" : "";
        var shade = RateAxis.Mean(cell) is { } mean ? Shades[high > low ? (int)Math.Round((Shades.Length - 1) * (mean - low) / (high - low)) : ^1] : ' ';
        var fill = new string(shade, width - (width > 1 ? 1 : 0)) + (width > 1 ? " " : "");
        return mark.Length == 0 ? fill : string.Concat(fill.AsSpan(0, (width - 1) / 2), mark, fill.AsSpan(((width - 1) / 2) + 1));
    }
}
