using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>How a sweep stands, in one line and as a grid.</summary>
internal static class ProgressView
{
    /// <summary>One line: cells done and, until the sweep is over, images a second, time left with its standard deviation.</summary>
    public static string Line(SweepStatus status)
    {
        var done = status.Cells.Count(c => c.Status is ConfigurationStatus.Completed or ConfigurationStatus.Failed);
        var failed = status.Cells.Count(c => c.Status == ConfigurationStatus.Failed);
        var training = status.Cells.Count(c => c.Status == ConfigurationStatus.Training);
        var parts = new List<string> { string.Create(CultureInfo.InvariantCulture, $"{done} of {Total(status)} configurations done") };
        var ended = training == 0 && status.Sweep.Phase is (SweepPhase.Completed or SweepPhase.Limited or SweepPhase.Cancelled);
        if (!ended)
        {
            parts.Add($"{training} training");
        }

        if (failed > 0)
        {
            parts.Add($"{failed} failed");
        }

        if (!ended)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{status.ImagesPerSecond:F0} images/s"));
        }

        if (status.Sweep.Phase is SweepPhase.Paused or SweepPhase.Deleting)
        {
            parts.Insert(0, status.Sweep.Phase == SweepPhase.Paused ? "paused" : "being deleted");
        }
        else if (status.EtaSeconds is { } eta)
        {
            parts.Add($"about {Format.Time(eta)}{(status.EtaDeviationSeconds is { } deviation ? $" ± {Format.Time(deviation)}" : "")} left");
        }

        if (training == 0 && status.Cells.FirstOrDefault(c => c is { Status: ConfigurationStatus.Queued, Reason: not null }) is { } waiting)
        {
            parts.Add($"waiting: {waiting.Reason}");
        }

        if (status.Sweep.Reason is { } reason)
        {
            parts.Add(reason);
        }

        if (status.Rebuilding)
        {
            parts.Add("view is being rebuilt");
        }

        return string.Join(", ", parts);
    }

    /// <summary>The grid, the best of it, and the line.</summary>
    public static IRenderable Standing(SweepStatus status, int width) =>
        new Rows([.. Grid(status, width), .. BestCell.Of(status.Cells) is { } best ? [new Text($"{Title(status.Sweep, best)}: {best}")] : Array.Empty<IRenderable>(), new Text(Line(status))]);

    /// <summary>Of a completed sweep no fresh seeds of which all trained need be there: then its grid's best is all there is, and too high.</summary>
    private static string Title(SweepSnapshot sweep, BestCell best) => sweep.Phase != SweepPhase.Completed ? "Best so far" : best.Fresh || sweep.Confirm == 0 ? "Best" : "Best of the grid";

    /// <summary>The grid filling in.</summary>
    public static IReadOnlyList<Table> Grid(SweepStatus status, int width)
    {
        var grid = status.Cells.Where(c => c.Stage != Stage.Confirm).ToList();
        var rates = Format.Axis(grid.Select(c => c.BaseLearningRate));
        var rows = grid.GroupBy(c => c.BatchSize).Select(row => new BatchSizeRow(
            $"{row.Key}",
            [
                .. rates.Select(r => Cell(Longest(row.Where(c => c.BaseLearningRate == r)))),
                Cell([.. status.Cells.Where(c => c.Stage == Stage.Confirm && c.BatchSize == row.Key)]),
            ]));
        return GridTable.Of([.. rates, "confirm"], [.. rows], width);
    }

    /// <summary>While the grid trains, each batch size's confirmation counts already.</summary>
    private static int Total(SweepStatus status)
    {
        var grid = status.Cells.Where(c => c.Stage != Stage.Confirm).ToList();
        return status.Sweep is { Phase: SweepPhase.Grid, Confirm: > 0 } ? grid.Count + grid.Select(c => c.BatchSize).Distinct().Count() : status.Cells.Length;
    }

    /// <summary>Of a cell that trains on shorter budgets first, the longest so far.</summary>
    private static CellStatus[] Longest(IEnumerable<CellStatus> cells) =>
        [.. cells.GroupBy(c => (c.Stage == Stage.Grid, c.Epochs)).OrderByDescending(g => g.Key).Take(1).SelectMany(g => g)];

    /// <summary>A cell that was given more replicas later is several configurations: as it stands where one of them has not ended, else all together.</summary>
    private static GridCell Cell(CellStatus[] parts)
    {
        var left = parts.FirstOrDefault(p => p.Status == ConfigurationStatus.Training) ?? parts.FirstOrDefault(p => p.Status != ConfigurationStatus.Completed);
        if (left is not null || parts.Length < 2)
        {
            return Cell(left ?? parts.FirstOrDefault());
        }

        var finite = parts.Sum(p => p.Trained + p.Untrained);
        return Cell(parts[0] with
        {
            Untrained = parts.Sum(p => p.Untrained),
            Diverged = parts.Sum(p => p.Diverged),
            MeanScore = finite == 0 ? null : parts.Sum(p => (p.MeanScore ?? 0) * (p.Trained + p.Untrained)) / finite,
        });
    }

    private static GridCell Cell(CellStatus? cell) => cell switch
    {
        null => GridCell.Empty,
        { Status: ConfigurationStatus.Completed, Diverged: > 0 } => new($"{Format.Percent(cell.MeanScore)} {cell.Diverged}d", new Style(Color.Red)),
        { Status: ConfigurationStatus.Completed, Untrained: > 0 } => new($"{Format.Percent(cell.MeanScore)} {cell.Untrained}u", new Style(Color.Olive)),
        { Status: ConfigurationStatus.Completed } => new(Format.Percent(cell.MeanScore), new Style(Color.Green)),
        { Status: ConfigurationStatus.Training } => new($"{cell.Epoch}/{cell.Epochs}", new Style(Color.Aqua)),
        { Status: ConfigurationStatus.Failed } => new("failed", new Style(Color.Red, decoration: Decoration.Bold)),
        { Status: ConfigurationStatus.Cancelled } => new("cancelled", new Style(Color.Grey)),
        _ => new("·", new Style(Color.Grey)),
    };
}
