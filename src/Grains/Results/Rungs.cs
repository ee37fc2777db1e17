using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>What the search did on shorter budgets, and what it left out of the grid; pure.</summary>
internal static class Rungs
{
    /// <summary>Every rung that is planned, by batch size and number.</summary>
    public static RungSummary[] Of(IReadOnlyList<PlannedConfiguration> plan, IReadOnlyList<ReplicaResult> results)
    {
        var byCell = Results(results);
        return
        [
            .. plan.Where(p => p.Rung is not null).GroupBy(p => (p.BatchSize, p.Rung!.Number)).OrderBy(g => g.Key).Select(rung =>
            {
                var cells = rung.GroupBy(p => p.BaseLearningRate).OrderBy(c => ReplicaResults.Rate(c.Key)).ToList();
                return new RungSummary(
                    rung.Key.BatchSize,
                    rung.Key.Number,
                    rung.First().Rung!.Budget,
                    [.. cells.Select(c => Summaries.Of(Stage.Rung, rung.Key.BatchSize, c.Key, c.Sum(p => p.Replicas), [.. byCell[c.First().SettingsHash]]))],
                    rung.Any(p => p.Rung!.Kept is null) ? null : [.. cells.Where(c => c.First().Rung!.Kept == true).Select(c => c.Key)]);
            }),
        ];
    }

    /// <summary>
    /// The cells of the grid that the search left out. A replica that diverged within the updates that the whole budget has too, bit for
    /// bit, would diverge on that as well: those are counted, and such a cell cannot be the best.
    /// </summary>
    public static IEnumerable<CellSummary> LeftOut(IReadOnlyList<PlannedConfiguration> plan, IReadOnlyList<ReplicaResult> results)
    {
        var byCell = Results(results);
        return plan.Where(p => p.Rung?.Kept == false).GroupBy(p => (p.BatchSize, p.BaseLearningRate)).Select(c => new CellSummary(
            Stage.Grid,
            c.Key.BatchSize,
            c.Key.BaseLearningRate,
            c.Sum(p => p.Replicas),
            0,
            0,
            byCell[c.First().SettingsHash].Count(r => r.DivergedAtStep <= c.First().Rung!.SharedUpdates),
            null,
            null,
            null,
            null,
            false,
            LeftOutAfter: c.First().Rung!.Budget));
    }

    private static ILookup<string, ReplicaResult> Results(IReadOnlyList<ReplicaResult> results) => results.Where(r => r.Stage == Stage.Rung).ToLookup(r => r.SettingsHash);
}
