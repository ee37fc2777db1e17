using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Client.Views;

/// <summary>The cell with the highest mean score.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text.</param>
/// <param name="Mean">Mean score of its replicas, 0 to 1.</param>
/// <param name="Deviation">Their sample standard deviation; null below two.</param>
/// <param name="Fresh">Whether that is of fresh seeds. The best of a grid is too high: it was chosen for being so.</param>
internal sealed record BestCell(int BatchSize, string BaseLearningRate, double Mean, double? Deviation, bool Fresh)
{
    /// <summary>
    /// Among the fresh seeds where any have ended, else among the grid's cells; a cell of which a replica did not train cannot be the best; null where none can. A cell that was
    /// given more replicas later is several configurations and counts as one: mean and deviation are those of all its replicas.
    /// </summary>
    public static BestCell? Of(IEnumerable<CellStatus> cells)
    {
        var cell = cells.Where(c => c is { Status: ConfigurationStatus.Completed, MeanScore: not null, Stage: Stage.Grid or Stage.Confirm })
            .GroupBy(c => (c.Stage, c.BatchSize, c.BaseLearningRate))
            .Where(parts => parts.All(p => p.Trained == p.Replicas))
            .Select(parts => (parts.Key, Score: Together([.. parts])))
            .OrderByDescending(c => c.Key.Stage == Stage.Confirm)
            .ThenByDescending(c => c.Score.Mean)
            .FirstOrDefault();
        return cell.Key.BaseLearningRate is { } rate ? new(cell.Key.BatchSize, rate, cell.Score.Mean, cell.Score.Deviation, cell.Key.Stage == Stage.Confirm) : null;
    }

    /// <summary>In words.</summary>
    public override string ToString() =>
        $"{Format.Percent(Mean)}{(Deviation is { } deviation ? $" ± {Format.Percent(deviation)}" : "")} % at m = {BatchSize}, η̃ = {BaseLearningRate}{(Fresh ? ", of fresh seeds" : "")}";

    private static (double Mean, double? Deviation) Together(CellStatus[] parts)
    {
        if (parts is [{ MeanScore: { } only } alone])
        {
            return (only, alone.StandardDeviation);
        }

        var count = parts.Sum(p => p.Trained);
        var mean = parts.Sum(p => p.Trained * p.MeanScore!.Value) / count;
        var squares = parts.Sum(p => ((p.Trained - 1) * Math.Pow(p.StandardDeviation ?? 0, 2)) + (p.Trained * Math.Pow(p.MeanScore!.Value - mean, 2)));
        return (mean, count > 1 ? Math.Sqrt(squares / (count - 1)) : null);
    }
}
