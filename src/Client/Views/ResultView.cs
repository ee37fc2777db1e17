using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using Spectre.Console;

namespace SmallBatch.Client.Views;

/// <summary>A sweep's results for people: warnings, m × η̃, the batch sizes, their ranges of η̃, the sentence.</summary>
internal static class ResultView
{
    /// <summary>All of it, top to bottom.</summary>
    public static void Write(IAnsiConsole console, SweepResults results)
    {
        var analysis = results.Analysis;
        foreach (var warning in analysis.Warnings)
        {
            Output.Prose(console, $"• {warning}");
        }

        foreach (var table in Grid(analysis, console.Profile.Width))
        {
            console.Write(table);
        }

        var split = results.Sweep.ValidationImages is { } kept ? $"Accuracy on the {kept} validation images, of fresh seeds on the test images," : "Test accuracy";
        Output.Prose(console, $"{split} in per cent, mean ± standard deviation over seeds. t trained, u untrained (not above chance), d diverged, … not complete{(analysis.Rungs.Length > 0 ? ", – left out after a shorter budget" : "")}.");
        BatchSizes(console, analysis);
        Ranges(console, analysis);
        Output.Prose(console, $"\n{analysis.Sentence}");
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
                new("m", b => $"{b.BatchSize}{Marks(b, analysis)}"),
                new("best η̃", b => b.BestBaseLearningRate ?? "-"),
                new("selected", b => b.Selected is null ? "-" : Format.Cell(b.Selected), Spare: 4),
                new("fresh seeds", b => b.Confirmed is null ? "-" : Format.Cell(b.Confirmed)),
                new("trained", b => (b.Confirmed ?? b.Selected) is { } c ? $"{c.Trained} of {c.Replicas}" : "-", Spare: 5),
                new("95 % interval", b => b.Confirmed is { IntervalLow: { } low, IntervalHigh: { } high } ? Share(new(low, high)) : "-"),
                .. analysis.BatchSizes.Any(b => b.Bootstrap is not null) ? [new Column<BatchSizeSummary>("bootstrap", b => b.Bootstrap is { } i ? Share(i) : "-", Spare: 2)] : Array.Empty<Column<BatchSizeSummary>>(),
                new("from best", b => b.FromBestOfOthers is { } i ? $"{Format.Points(i.Low)} to {Format.Points(i.High)}" : "-"),
                new("shows", b => Format.Percent(b.Detectable), Spare: 1),
                new("images", b => b.TestSetHalfWidth is { } half ? $"± {Format.Percent(half)}" : "-", Spare: 3),
            ]);
        Output.Prose(
            console,
            string.Create(CultureInfo.InvariantCulture, $"* best, = cannot be told from it, ~ mean within {analysis.Delta:0.###} points of its. From best: points to the best of the others, 95 % for all rows together. ")
            + "Shows: the distance from the best that these seeds show four times in five. Images: 95 % over other test sets of this size.");
    }

    private static void Ranges(IAnsiConsole console, Analysis analysis)
    {
        ListTable.Write<BatchSizeSummary>(
            console,
            analysis.BatchSizes,
            [
                new("m", b => $"{b.BatchSize}"),
                new("every seed trains", b => Range(b.Trains, b, analysis)),
                new("within 2 points of its best", b => Range(b.NearOwnBest, b, analysis)),
                new("of the best of all", b => Range(b.NearNetworkBest, b, analysis)),
            ]);
        Output.Prose(console, "Base learning rates η̃ of the grid, width in octaves; ≥ where the grid's edge or a missing cell may hide more.");
    }

    private static string Marks(BatchSizeSummary b, Analysis analysis) => b.BatchSize == analysis.BestBatchSize
        ? " *"
        : $"{(analysis.NotToldApart.Contains(b.BatchSize) ? " =" : "")}{(analysis.WithinDelta.Contains(b.BatchSize) ? " ~" : "")}";

    private static string Share(ScoreInterval interval) => $"{Format.Percent(Math.Max(0, interval.Low))} – {Format.Percent(Math.Min(1, interval.High))}";

    private static string Range(RateRange? range, BatchSizeSummary b, Analysis analysis) => range is not null
        ? string.Create(CultureInfo.InvariantCulture, $"{range.From} – {range.To} ({(range.IsBound ? "≥ " : "")}{range.Octaves:0.#})")
        : analysis.Cells.Any(c => c.Stage == Stage.Grid && c.BatchSize == b.BatchSize && c is { Complete: false, LeftOutAfter: null }) ? "…" : "nowhere";
}
