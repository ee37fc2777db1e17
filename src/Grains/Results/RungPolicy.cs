using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>Which η̃ of one batch size go on to a longer budget: a pure function of a rung whose every cell has ended.</summary>
internal static class RungPolicy
{
    /// <summary>
    /// The cells that go on, ascending by η̃ like <paramref name="rung"/>. Halving keeps the best of those whose every replica trained, one in
    /// <c>factor</c> of all, of equal means the smaller η̃; and the best one's neighbours, where no replica of theirs diverged, so
    /// that the longer budget sees a maximum and not the end of what was kept. Pruning keeps every cell of which a replica trained and none
    /// diverged. Where no cell trained, either keeps those without a diverged replica: the longer budget may be what they lack. A cell that
    /// was given up does not go on.
    /// </summary>
    public static IReadOnlyList<CellSummary> Keep(IReadOnlyList<CellSummary> rung, SearchRule rule)
    {
        var ended = rung.Where(c => c.Complete).ToList();
        var trained = ended.Where(c => c.Mean is not null && c.Trained == c.Replicas).OrderByDescending(c => c.Mean).ThenBy(c => ReplicaResults.Rate(c.BaseLearningRate)).ToList();
        if (rule.Kind == SearchKind.Prune || trained.Count == 0)
        {
            var alive = ended.Where(c => c.Diverged == 0).ToList();
            return alive.Exists(c => c.Trained > 0) ? [.. alive.Where(c => c.Trained > 0)] : alive;
        }

        var best = rung.ToList().IndexOf(trained[0]);
        var kept = trained.Take((rung.Count + rule.Factor - 1) / rule.Factor).ToHashSet();
        return [.. rung.Where((c, i) => kept.Contains(c) || (Math.Abs(i - best) == 1 && c is { Complete: true, Diverged: 0 }))];
    }
}
