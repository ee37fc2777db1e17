using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>When it is decided how many replicas cells have in the end; pure.</summary>
internal static class SweepReplicas
{
    /// <summary>
    /// The decisions that the stored rows allow and that are not made yet: of a batch size's row of the grid once its first
    /// replicas have ended, of all fresh seeds once the first of every batch size have. Later replicas never enter.
    /// </summary>
    public static IReadOnlyList<ReplicaDecision> Decide(
        SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended, IReadOnlyList<ResultRow> rows)
    {
        var decided = new List<ReplicaDecision>();
        var first = configurations.Where(c => c.Planned.FirstReplica + c.Planned.Replicas <= First(plan.Spec, c.Planned.Stage)).ToList();
        if (plan.Spec.ReplicasUntil is { } grid)
        {
            decided.AddRange(first.Where(c => c.Planned.Stage == Stage.Grid).GroupBy(c => c.Planned.BatchSize)
                .Where(row => Of(plan, state, Stage.Grid, row.Key) is null && row.All(c => ended.Contains(c.Planned.Key)))
                .Select(row => Make(Stage.Grid, row.Key, ReplicaPolicy.Grid(SweepConfigurations.Cells(row, rows), grid, plan.SelectionImages))));
        }

        var fresh = first.Where(c => c.Planned.Stage == Stage.Confirm).ToList();
        if (plan.Spec.ConfirmUntil is { } confirm && fresh.Count > 0 && Of(plan, state, Stage.Confirm, 0) is null
            && plan.Spec.BatchSizes.All(m => SweepConfigurations.Decided(plan, state, m)) && fresh.All(c => ended.Contains(c.Planned.Key)))
        {
            decided.Add(Make(Stage.Confirm, 0, ReplicaPolicy.Fresh(SweepConfigurations.Cells(fresh, rows), confirm, plan.Dataset.TestImages)));
        }

        return decided;

        ReplicaDecision Make(Stage stage, int batchSize, IReadOnlyList<(CellSummary Cell, int Replicas)> cells) =>
            new(stage, batchSize, Basis(plan, state, stage), [.. cells.Select(c => new CellReplicas(c.Cell.BatchSize, c.Cell.BaseLearningRate, c.Replicas))]);
    }

    /// <summary>Whether every decision on a batch size's row of the grid is made, so that its η̃ may be chosen.</summary>
    public static bool Settled(SweepPlan plan, SweepState state, int batchSize) =>
        plan.Spec.ReplicasUntil is null || Of(plan, state, Stage.Grid, batchSize) is not null;

    /// <summary>Whether that on the fresh seeds is.</summary>
    public static bool SettledFresh(SweepPlan plan, SweepState state) =>
        plan.Spec.ConfirmUntil is null || Of(plan, state, Stage.Confirm, 0) is not null || SweepConfigurations.Choices(plan, state).All(d => d.BaseLearningRate is null);

    /// <summary>How many replicas a cell has in the end, or null where that is not decided, or it keeps those that it has.</summary>
    public static int? Of(SweepPlan plan, SweepState state, Stage stage, int batchSize, string rate) =>
        stage == Stage.Rung || (stage == Stage.Grid ? plan.Spec.ReplicasUntil : plan.Spec.ConfirmUntil) is null ? null
        : Of(plan, state, stage, stage == Stage.Grid ? batchSize : 0)?.Cells.FirstOrDefault(c => c.BatchSize == batchSize && c.BaseLearningRate == rate)?.Replicas;

    private static ReplicaDecision? Of(SweepPlan plan, SweepState state, Stage stage, int batchSize) =>
        state.ReplicaDecisions.FirstOrDefault(d => d.Stage == stage && d.BatchSize == batchSize && d.Basis == Basis(plan, state, stage));

    private static int First(SweepSpec spec, Stage stage) => stage == Stage.Grid ? spec.Replicas : spec.Confirm;

    /// <summary>What was compared: a wider grid, or other winners, are decided anew.</summary>
    private static string Basis(SweepPlan plan, SweepState state, Stage stage) => stage == Stage.Grid
        ? $"{plan.Spec.BaseLearningRates.Count}"
        : string.Join(' ', SweepConfigurations.Choices(plan, state).Where(d => SweepStop.RuledOut(plan, state)?.Contains(d.BatchSize) != true).Select(d => $"{d.BatchSize}:{d.BaseLearningRate}"));
}
