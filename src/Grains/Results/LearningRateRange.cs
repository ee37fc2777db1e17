using SmallBatch.Contracts.Results;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>Over which η̃ a batch size does well, in three senses; each takes one batch size's cells of the grid, ascending by η̃.</summary>
internal static class LearningRateRange
{
    /// <summary>How far below a best mean a cell may lie to be near it: 2 points of accuracy.</summary>
    public const double Near = 0.02;

    /// <summary>Where it trains at all (the paper's Fig. 16): the widest range in which every replica trained, of equally wide ones the lowest.</summary>
    public static RateRange? Trains(IReadOnlyList<CellSummary> cells) =>
        All(cells, double.NegativeInfinity).OrderByDescending(r => r.Range.Octaves).Select(r => r.Range).FirstOrDefault();

    /// <summary>Around <paramref name="winner"/>: where every replica trained and the mean is near <paramref name="best"/>; null where the winner is not.</summary>
    public static RateRange? NearBest(IReadOnlyList<CellSummary> cells, CellSummary winner, double best)
    {
        var index = cells.ToList().IndexOf(winner);
        return All(cells, best - Near).Where(r => r.Run.First <= index && index <= r.Run.Last).Select(r => r.Range).FirstOrDefault();
    }

    private static IEnumerable<(ContiguousRun Run, RateRange Range)> All(IReadOnlyList<CellSummary> cells, double least)
    {
        // A mean that equals the bound but for its last bits is near.
        // What the search left out is not known, but where it would diverge for sure.
        var points = cells.Select(c => c is { LeftOutAfter: not null, Diverged: > 0 } ? Membership.Out : !c.Complete ? Membership.Unknown : c.Trained == c.Replicas && c.Mean >= least - 1e-12 ? Membership.In : Membership.Out).ToArray();
        return ContiguousRun.All(points).Select(run => (run, Range(cells[run.First].BaseLearningRate, cells[run.Last].BaseLearningRate, run.IsBound)));
    }

    private static RateRange Range(string from, string to, bool isBound) => new(from, to, ReplicaResults.Rate(to).Log2 - ReplicaResults.Rate(from).Log2, isBound);
}
