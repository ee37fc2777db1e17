using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Results;

/// <summary>Which η̃ of a batch size is confirmed: a pure function of that batch size's complete row of the grid.</summary>
internal static class Selection
{
    /// <summary>
    /// The cell with the best mean among those all of whose replicas trained; of equal means the smaller η̃. Null where there
    /// is none.
    /// </summary>
    public static CellSummary? Winner(IEnumerable<CellSummary> cells) => cells
        .Where(c => c is { Stage: Stage.Grid, Complete: true, Mean: not null } && c.Trained == c.Replicas)
        .OrderByDescending(c => c.Mean).ThenBy(c => ReplicaResults.Rate(c.BaseLearningRate))
        .FirstOrDefault();
}
