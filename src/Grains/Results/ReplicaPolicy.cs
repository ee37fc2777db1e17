using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>
/// How many replicas a cell has in the end: a pure function of the first replicas of cells that have ended. One that can no
/// longer change the answer keeps those that it has.
/// </summary>
internal static class ReplicaPolicy
{
    /// <summary>
    /// Of what the first replicas rule out, so that what they rule out wrongly is little beside the 5 % of the answer itself.
    /// </summary>
    private const double Level = 0.99;

    /// <summary>
    /// One batch size's row of the grid. Its choice of η̃ may still fall on the best cell, and on those that Welch's one-sided test
    /// at 1 % over their number (Bonferroni) does not tell from it, every replica trained.
    /// </summary>
    public static IReadOnlyList<(CellSummary Cell, int Replicas)> Grid(IEnumerable<CellSummary> row, NarrowingRule rule, int testImages)
    {
        var trained = Trained(row);
        if (trained.Count == 0)
        {
            return [];
        }

        var best = trained.MaxBy(c => c.Mean)!;
        var top = Candidate.Sample(best, testImages);
        var level = (1 - Level) / Math.Max(1, trained.Count - 1);
        return Counts(trained.Where(c => c == best || WelchTest.PValue(top, Candidate.Sample(c, testImages)) >= level), rule);
    }

    /// <summary>
    /// The fresh seeds of all batch sizes. The answer may still name those that the comparison with the best does not tell from it at
    /// 1 %, every seed trained.
    /// </summary>
    public static IReadOnlyList<(CellSummary Cell, int Replicas)> Fresh(IEnumerable<CellSummary> confirmed, NarrowingRule rule, int testImages)
    {
        var trained = Trained(confirmed);
        var standings = trained.Count < 2 ? null : ComparisonWithBest.Of([.. trained.Select(c => Candidate.Sample(c, testImages))], Level);
        return Counts(trained.Where((_, i) => standings?[i].MayBeBest != false), rule);
    }

    private static List<CellSummary> Trained(IEnumerable<CellSummary> cells) =>
        [.. cells.Where(c => c is { Complete: true, Mean: not null, Trained: > 1 } && c.Trained == c.Replicas)];

    private static List<(CellSummary Cell, int Replicas)> Counts(IEnumerable<CellSummary> cells, NarrowingRule rule) =>
        [.. cells.Select(c => (c, TwoStage.Count(new(c.Trained, c.Mean!.Value, c.StandardDeviation!.Value), rule.Until / 100, Summaries.Level, rule.Max)))];
}
