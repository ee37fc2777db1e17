using SmallBatch.Client.Views;
using SmallBatch.Contracts.Results;
using Spectre.Console;

namespace SmallBatch.Client.Charts;

/// <summary>Accuracy against η̃, a letter and a line for each m: the paper's Figs. 1 to 12.</summary>
internal static class AccuracyChart
{
    /// <summary>Letters of as many batch sizes as can be told apart.</summary>
    private const string Letters = "abcdefghijkl";
    private static readonly Color[] Colours = [Color.Blue, Color.Yellow, Color.Green, Color.Fuchsia, Color.Aqua, Color.Red];

    /// <summary>What prints it; null where there is nothing to print.</summary>
    public static Action? Of(IAnsiConsole console, SweepResults results, int width)
    {
        var axis = new RateAxis(results);
        return axis.Grid.Any(c => RateAxis.Mean(c) is not null) ? () => Print(console, axis, width) : null;
    }

    private static void Print(IAnsiConsole console, RateAxis axis, int width)
    {
        var step = (axis.BatchSizes.Count + Letters.Length - 1) / Letters.Length;
        var lines = axis.BatchSizes.Where((_, i) => i % step == 0)
            .Select((m, i) => (BatchSize: m, Letter: Letters[i], Style: new Style(Colours[i % Colours.Length]), Points: Points(axis, m))).ToList();
        var frame = new ChartFrame(width, [.. lines.SelectMany(l => l.Points).Select(p => p.Value)], axis.Rates.Min(RateAxis.Log2), axis.Rates.Max(RateAxis.Log2));
        frame.Label(axis.Rates.Select(r => (RateAxis.Log2(r), r)));
        foreach (var line in lines)
        {
            foreach (var (from, to) in line.Points.Zip(line.Points.Skip(1)))
            {
                frame.Canvas.Line(frame.Row(from.Value), frame.Column(from.Place), frame.Row(to.Value), frame.Column(to.Place), line.Style);
            }
        }

        foreach (var line in lines)
        {
            foreach (var (place, value) in line.Points)
            {
                frame.Canvas.Write((int)Math.Round(frame.Row(value)), (int)Math.Round(frame.Column(place)), line.Letter.ToString(), line.Style);
            }
        }

        frame.Canvas.Print(console);
        Output.Prose(console, $"{string.Join(", ", lines.Select(l => $"{l.Letter} m = {l.BatchSize}"))}{(step > 1 ? $"; {lines.Count} of {axis.BatchSizes.Count} batch sizes" : "")}. Means over the finite seeds of each cell; what diverged altogether has no point.");
    }

    private static List<(double Place, double Value)> Points(RateAxis axis, int batchSize) =>
    [
        .. axis.Grid.Where(c => c.BatchSize == batchSize && RateAxis.Mean(c) is not null)
            .Select(c => (RateAxis.Log2(c.BaseLearningRate), RateAxis.Mean(c)!.Value)).OrderBy(p => p.Item1),
    ];
}
