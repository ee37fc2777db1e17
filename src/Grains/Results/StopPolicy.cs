using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>Which batch sizes the grid alone rules out: a pure function of a grid whose every cell has ended.</summary>
internal static class StopPolicy
{
    /// <summary>Of the one look at the grid. What it rules out wrongly comes out of the answer's 5 %, not on top of it.</summary>
    public const double Level = 0.99;

    /// <summary>Of the comparison of fresh seeds after that look: together they are wrong in 5 % of sweeps at most.</summary>
    public const double Left = Summaries.Level + (1 - Level);

    /// <summary>
    /// The batch sizes of which every cell is worse than the best cell, ascending. Fresh seeds would say by how much, not which is best.
    /// </summary>
    public static IReadOnlyList<int> RuledOut(IReadOnlyList<CellSummary> grid, int images)
    {
        var trained = Trained(grid);
        if (trained.MaxBy(c => c.Mean) is not { } best)
        {
            return [];
        }

        var kept = NotWorse(trained, best, images, Level);
        return [.. trained.Select(c => c.BatchSize).Distinct().Where(m => !kept.Contains(m)).Order()];
    }

    /// <summary>The cells of a grid that may be compared: complete, and every replica trained.</summary>
    public static IReadOnlyList<CellSummary> Trained(IEnumerable<CellSummary> grid) => [.. grid.Where(c => c is { Stage: Stage.Grid, Complete: true, Mean: not null } && c.Trained == c.Replicas)];

    /// <summary>
    /// The batch sizes that are not worse than the best of these cells. Before fresh seeds each batch size is there with the best of its
    /// cells, by luck too, most where many are nearly tied. So it counts as worse only if every cell of it is, by Welch's one-sided test at
    /// 1 − <paramref name="level"/> over the number of all other cells (Bonferroni): whichever cell is truly best, its batch size stays with
    /// that level.
    /// </summary>
    public static IReadOnlySet<int> NotWorse(IReadOnlyList<CellSummary> trained, CellSummary best, int images, double level)
    {
        var each = (1 - level) / Math.Max(1, trained.Count - 1);
        var top = Candidate.Sample(best, images);
        return trained.Where(c => c == best || !(WelchTest.PValue(top, Candidate.Sample(c, images)) < each)).Select(c => c.BatchSize).ToHashSet();
    }
}
