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
        console.Write(Grid(results.Analysis));
        Output.Plain(console, "Test accuracy in per cent, mean ± standard deviation over seeds. t trained, u untrained (not above chance), d diverged, … not complete.");
        console.Write(BatchSizes(results.Analysis));
        foreach (var warning in results.Analysis.Warnings)
        {
            Output.Plain(console, $"• {warning}");
        }

        Output.Plain(console, $"\n{results.Analysis.Sentence}");
    }

    private static Table Grid(Analysis analysis)
    {
        var cells = analysis.Cells.Where(c => c.Stage == Stage.Grid).ToList();
        var rates = cells.Select(c => c.BaseLearningRate).Distinct().ToList();
        var table = new Table().Border(TableBorder.Rounded).AddColumn("m \\ η̃");
        rates.ForEach(r => table.AddColumn(new TableColumn(r).RightAligned()));
        foreach (var row in cells.GroupBy(c => c.BatchSize))
        {
            var best = analysis.BatchSizes.FirstOrDefault(b => b.BatchSize == row.Key)?.BestBaseLearningRate;
            table.AddRow([new Text($"{row.Key}"), .. rates.Select(r => Cell(row.FirstOrDefault(c => c.BaseLearningRate == r), best))]);
        }

        return table;
    }

    private static Text Cell(CellSummary? cell, string? best)
    {
        if (cell is null)
        {
            return new Text("");
        }

        var style = cell.BaseLearningRate == best ? new Style(Color.Green, decoration: Decoration.Bold)
            : cell.Complete && cell.Trained < cell.Replicas ? new Style(cell.Diverged > 0 ? Color.Red : Color.Olive)
            : Style.Plain;
        return new Text(Format.Cell(cell), style);
    }

    private static Table BatchSizes(Analysis analysis)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn("m").AddColumn("best η̃").AddColumn("selected").AddColumn("on fresh seeds").AddColumn("95 % interval").AddColumn("every seed trains from – to");
        foreach (var b in analysis.BatchSizes)
        {
            var interval = b.Confirmed is { IntervalLow: { } low, IntervalHigh: { } high } ? $"{Format.Percent(Math.Max(0, low))} – {Format.Percent(Math.Min(1, high))}" : "-";
            var range = b.TrainsFrom is null ? "nowhere" : $"{b.TrainsFrom} – {b.TrainsTo} ({(b.TrainsTouchesEdge ? "≥ " : "")}{b.TrainsOctaves:0.#} octaves)";
            table.AddRow(
                $"{b.BatchSize}{(b.BatchSize == analysis.BestBatchSize ? " *" : analysis.NotToldApart.Contains(b.BatchSize) ? " =" : "")}",
                b.BestBaseLearningRate ?? "-",
                b.Selected is null ? "-" : Format.Cell(b.Selected),
                b.Confirmed is null ? "-" : Format.Cell(b.Confirmed),
                interval,
                range);
        }

        return table.Caption("* best, = cannot be told from it");
    }
}
