using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>A sweep's results as pictures take them: looked up once, accuracies in per cent, rates at their log₂.</summary>
internal sealed class SweepFigures
{
    /// <summary>More lines than this are not told apart.</summary>
    private const int MostLines = 12;
    private readonly ILookup<(Stage, int, string), ReplicaResult> replicas;

    public SweepFigures(SweepResults results)
    {
        Results = results;
        replicas = results.Replicas.ToLookup(r => (r.Stage, r.BatchSize, r.BaseLearningRate));
        Grid = [.. results.Analysis.Cells.Where(c => c.Stage == Stage.Grid && double.IsFinite(Axis.Log2(c.BaseLearningRate)))];
        BatchSizes = [.. Grid.Select(c => c.BatchSize).Distinct().Order()];
        var step = (BatchSizes.Count + MostLines - 1) / MostLines;
        Lines = step < 2 ? BatchSizes : [.. BatchSizes.Where((m, i) => i % step == 0 || m == BatchSizes[^1])];
        Title = $"{results.Sweep.Name}: {results.Sweep.Network} on {results.Sweep.Dataset.Split(' ')[0]}, {results.Sweep.Budget}";
        var open = Grid.Count(c => c is { Complete: false, LeftOutAfter: null });
        Unfinished = open > 0 ? $" (so far: {Grid.Count - open} of {Grid.Count} cells)" : "";
    }

    /// <summary>The results.</summary>
    public SweepResults Results { get; }

    /// <summary>The grid's cells.</summary>
    public IReadOnlyList<CellSummary> Grid { get; }

    /// <summary>Every m, ascending.</summary>
    public IReadOnlyList<int> BatchSizes { get; }

    /// <summary>Those that pictures with a line for each m show: all of them, or evenly fewer.</summary>
    public IReadOnlyList<int> Lines { get; }

    /// <summary>Says that not all are shown; else empty.</summary>
    public string Thinned => Lines.Count < BatchSizes.Count ? $" {Lines.Count} of {BatchSizes.Count} batch sizes are shown." : "";

    /// <summary>What was trained.</summary>
    public string Title { get; }

    /// <summary>The split that the grid's means are on, and that its best η̃ are selected on.</summary>
    public string GridSplit => Results.Sweep.ValidationImages is null ? "test" : "validation";

    /// <summary>How much of the grid is there, where not all of it is; else empty.</summary>
    public string Unfinished { get; }

    /// <summary>The stored replicas of a cell.</summary>
    public IReadOnlyList<ReplicaResult> Replicas(CellSummary cell) => [.. replicas[(cell.Stage, cell.BatchSize, cell.BaseLearningRate)]];

    /// <summary>A cell's mean accuracy, per cent; null where no replica is finite.</summary>
    public static double? Mean(CellSummary cell) => cell.Mean is { } mean && double.IsFinite(mean) ? 100 * mean : null;

    /// <summary>A cell's deviation, points; 0 where it is not known.</summary>
    public static double Deviation(CellSummary cell) => cell.StandardDeviation is { } s && double.IsFinite(s) ? 100 * s : 0;
}
