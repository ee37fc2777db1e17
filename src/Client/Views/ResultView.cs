using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>A sweep's results for people: m × η̃, the confirmed winners, warnings, the sentence.</summary>
internal static class ResultView
{
    /// <summary>All of it, top to bottom.</summary>
    public static void Write(IAnsiConsole console, SweepResults results)
    {
        foreach (var table in Grid(results.Analysis, console.Profile.Width))
        {
            console.Write(table);
        }

        Output.Prose(console, "Test accuracy in per cent, mean ± standard deviation over seeds. t trained, u untrained (not above chance), d diverged, … not complete.");
        BatchSizes(console, results.Analysis);
        foreach (var warning in results.Analysis.Warnings)
        {
            Output.Prose(console, $"• {warning}");
        }

        Output.Prose(console, $"\n{results.Analysis.Sentence}");
    }

    private static IReadOnlyList<Table> Grid(Analysis analysis, int width)
    {
        var cells = analysis.Cells.Where(c => c.Stage == Stage.Grid).ToList();
        var rates = Format.Axis(cells.Select(c => c.BaseLearningRate));
        var rows = cells.GroupBy(c => c.BatchSize).Select(row =>
        {
            var best = analysis.BatchSizes.FirstOrDefault(b => b.BatchSize == row.Key)?.BestBaseLearningRate;
            return new BatchSizeRow($"{row.Key}", [.. rates.Select(r => Cell(row.FirstOrDefault(c => c.BaseLearningRate == r), best))]);
        });
        return GridTable.Of(rates, [.. rows], width);
    }

    private static GridCell Cell(CellSummary? cell, string? best) => cell is null
        ? GridCell.Empty
        : new(
            Format.Cell(cell),
            cell.BaseLearningRate == best ? new Style(Color.Green, decoration: Decoration.Bold)
                : cell.Complete && cell.Trained < cell.Replicas ? new Style(cell.Diverged > 0 ? Color.Red : Color.Olive)
                : Style.Plain);

    private static void BatchSizes(IAnsiConsole console, Analysis analysis)
    {
        ListTable.Write<BatchSizeSummary>(
            console,
            analysis.BatchSizes,
            [
                new("m", b => $"{b.BatchSize}{(b.BatchSize == analysis.BestBatchSize ? " *" : analysis.NotToldApart.Contains(b.BatchSize) ? " =" : "")}"),
                new("best η̃", b => b.BestBaseLearningRate ?? "-"),
                new("selected", b => b.Selected is null ? "-" : Format.Cell(b.Selected), Spare: 1),
                new("on fresh seeds", b => b.Confirmed is null ? "-" : Format.Cell(b.Confirmed)),
                new("95 % interval", b => b.Confirmed is { IntervalLow: { } low, IntervalHigh: { } high } ? $"{Format.Percent(Math.Max(0, low))} – {Format.Percent(Math.Min(1, high))}" : "-"),
                new("every seed trains from – to", b => Trains(b, analysis), Wraps: true),
            ]);
        Output.Prose(console, "* best, = cannot be told from it");
    }

    private static string Trains(BatchSizeSummary b, Analysis analysis) => b.TrainsFrom is not null
        ? $"{b.TrainsFrom} – {b.TrainsTo} ({(b.TrainsTouchesEdge ? "≥ " : "")}{b.TrainsOctaves:0.#} octaves)"
        : analysis.Cells.Any(c => c.Stage == Stage.Grid && c.BatchSize == b.BatchSize && !c.Complete) ? "…" : "nowhere";
}
