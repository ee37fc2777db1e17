using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// Which cells a batch size's rungs have, and which of them go on; pure. A rung is decided once every cell of it has ended, on its own
/// batch size's rows alone, and what it decides is stored before anything acts on it.
/// </summary>
internal static class SweepSearch
{
    /// <summary>The number of the rung that is the grid itself: the one on the whole budget.</summary>
    public static int Last(SweepPlan plan) => (plan.Spec.Search?.Rungs ?? 0) + 1;

    /// <summary>The η̃ of a batch size that a rung trains, ascending; null before the rung before it is decided.</summary>
    public static IReadOnlyList<BaseLearningRate>? Rates(SweepPlan plan, SweepState state, int batchSize, int rung)
    {
        IReadOnlyList<BaseLearningRate> rates = plan.Rates(batchSize);
        for (var before = 1; before < rung && rates.Count > 0; before++)
        {
            if (Of(plan, state, batchSize, before, rates) is not { } decided)
            {
                return null;
            }

            rates = [.. rates.Where(r => decided.Kept.Contains(r.ToString()))];
        }

        return rates;
    }

    /// <summary>Whether it is known which cells of a batch size train on the whole budget.</summary>
    public static bool Settled(SweepPlan plan, SweepState state, int batchSize) => Rates(plan, state, batchSize, Last(plan)) is not null;

    /// <summary>Every cell of every rung that is known, with what is planned of it, by m, rung, η̃.</summary>
    public static IEnumerable<(PlannedCell Cell, RungPlan Rung)> Cells(SweepPlan plan, SweepState state) =>
        from m in plan.Spec.BatchSizes
        from rung in Enumerable.Range(1, Last(plan) - 1)
        let rates = Rates(plan, state, m, rung)
        where rates is not null
        let next = Rates(plan, state, m, rung + 1)
        from rate in rates
        select Cell(plan, m, rate, rung, next?.Contains(rate));

    /// <summary>A cell on a rung.</summary>
    public static (PlannedCell Cell, RungPlan Rung) Cell(SweepPlan plan, int batchSize, BaseLearningRate rate, int rung, bool? kept)
    {
        var cell = plan.Cell(batchSize, rate, rung);
        return (cell, new(rung, plan.Spec.Search!.Budget(plan.Spec.Budget, rung).ToString(), SharedUpdates.Of(cell.Settings, plan.Cell(batchSize, rate).Settings), kept));
    }

    /// <summary>The decisions that the stored rows allow and that are not made yet, or <paramref name="anew"/> also those that are.</summary>
    public static IReadOnlyList<RungDecision> Decide(
        SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended, IReadOnlyList<ResultRow> rows, bool anew = false) =>
    [
        .. Due(plan, state, configurations, ended, anew).Select(rung =>
        {
            var cells = SweepConfigurations.Cells(rung.Configurations, rows).OrderBy(c => ReplicaResults.Rate(c.BaseLearningRate)).ToList();
            return new RungDecision(rung.BatchSize, rung.Number, rung.Basis, [.. RungPolicy.Keep(cells, plan.Spec.Search!).Select(c => c.BaseLearningRate)]);
        }),
    ];

    /// <summary>Whether there are any.</summary>
    public static bool IsDue(SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended) =>
        Due(plan, state, configurations, ended, anew: false).Any();

    /// <summary>How many cells of a batch size a rung has, or as long as that is not known, will have if each before it leaves its share.</summary>
    public static int Expected(SweepPlan plan, SweepState state, int batchSize, int rung)
    {
        var known = Enumerable.Range(1, rung).Last(n => Rates(plan, state, batchSize, n) is not null);
        var share = plan.Spec.Search?.Kind == SearchKind.Halving ? Math.Pow(plan.Spec.Search.Factor, known - rung) : 1;
        return (int)Math.Ceiling(Rates(plan, state, batchSize, known)!.Count * share);
    }

    /// <summary>Predicted seconds on one slot of what the search will still add.</summary>
    public static double Unplanned(SweepPlan plan, SweepState state) => (
        from m in plan.Spec.BatchSizes
        from rung in Enumerable.Range(1, Last(plan))
        where Rates(plan, state, m, rung) is null
        select Expected(plan, state, m, rung) * plan.PredictedSeconds(plan.Cell(m, plan.Rates(m)[0], rung), plan.Spec.Replicas)).Sum();

    private static IEnumerable<(int BatchSize, int Number, string Basis, List<SweepConfiguration> Configurations)> Due(
        SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended, bool anew)
    {
        foreach (var rung in configurations.Where(c => c.Planned.Stage == Stage.Rung).GroupBy(c => (c.Planned.BatchSize, c.Planned.Rung!.Number)))
        {
            var (m, number) = rung.Key;
            var rates = Rates(plan, state, m, number)!;
            if ((anew || Of(plan, state, m, number, rates) is null) && rung.All(c => ended.Contains(c.Planned.Key)))
            {
                yield return (m, number, Basis(plan, rates), [.. rung]);
            }
        }
    }

    private static RungDecision? Of(SweepPlan plan, SweepState state, int batchSize, int rung, IReadOnlyList<BaseLearningRate> rates) =>
        state.RungDecisions.FirstOrDefault(d => d.BatchSize == batchSize && d.Rung == rung && d.Basis == Basis(plan, rates));

    /// <summary>What was compared: of other cells, or over more replicas, it is decided anew.</summary>
    private static string Basis(SweepPlan plan, IReadOnlyList<BaseLearningRate> rates) => $"{plan.Spec.Replicas}: {string.Join(' ', rates)}";
}
