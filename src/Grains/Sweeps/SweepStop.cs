using SmallBatch.Contracts.Configurations;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>When it is decided which batch sizes train no fresh seeds, since the grid alone rules them out; pure.</summary>
internal static class SweepStop
{
    /// <summary>The batch sizes that are ruled out; null as long as that is not decided, and none where nobody asked for it.</summary>
    public static IReadOnlyList<int>? RuledOut(SweepPlan plan, SweepState state) =>
        !plan.Spec.StopWhenDecided ? [] : state.Stop is { } stop && stop.Basis == Basis(plan, state) ? stop.BatchSizes : null;

    /// <summary>Whether the decision is due: every row of the grid has ended and its η̃ is chosen.</summary>
    public static bool IsDue(SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended) =>
        RuledOut(plan, state) is null
        && plan.Spec.BatchSizes.All(m => SweepConfigurations.Decided(plan, state, m))
        && configurations.Where(c => c.Planned.Stage == Stage.Grid).All(c => ended.Contains(c.Planned.Key));

    /// <summary>The decision that the stored rows allow and that is not made yet, or null.</summary>
    public static StopDecision? Decide(SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended, IReadOnlyList<ResultRow> rows) =>
        IsDue(plan, state, configurations, ended) ? new(Basis(plan, state), [.. RuledOut(plan, configurations, rows)]) : null;

    /// <summary>What the rows of the grid rule out.</summary>
    public static IReadOnlyList<int> RuledOut(SweepPlan plan, IReadOnlyList<SweepConfiguration> configurations, IReadOnlyList<ResultRow> rows) =>
        StopPolicy.RuledOut([.. SweepConfigurations.Cells(configurations.Where(c => c.Planned.Stage == Stage.Grid), rows)], plan.SelectionImages);

    /// <summary>What was compared: a wider grid, more replicas or other winners are decided anew.</summary>
    private static string Basis(SweepPlan plan, SweepState state) =>
        $"{plan.Spec.Replicas} {plan.Spec.ReplicasUntil} {plan.Spec.BaseLearningRates.Count}: {string.Join(' ', SweepConfigurations.Choices(plan, state).Select(d => $"{d.BatchSize}:{d.BaseLearningRate}"))}";
}
