using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>A sweep as it was on a shorter budget.</summary>
/// <param name="Plan">What there was to train.</param>
/// <param name="State">What was decided, with the sweep's id.</param>
/// <param name="Stored">As it is stored.</param>
/// <param name="Configurations">Every configuration that it had, by stage, m, η̃, first replica.</param>
internal sealed record ShorterBudget(SweepPlan Plan, SweepState State, StoredBudget Stored, IReadOnlyList<SweepConfiguration> Configurations)
{
    private readonly ILookup<(int BatchSize, string BaseLearningRate), SweepConfiguration> byCell = Configurations.ToLookup(c => (c.Planned.BatchSize, c.Planned.BaseLearningRate));

    /// <summary><c>5 epochs</c>.</summary>
    public string Name => Plan.Spec.Budget.ToString();

    /// <summary>Those of a cell, whatever their stage.</summary>
    public IEnumerable<SweepConfiguration> Of(PlannedConfiguration planned) => byCell[(planned.BatchSize, planned.BaseLearningRate)];
}

/// <summary>The shorter budgets of a sweep that was given longer ones; pure.</summary>
internal static class ShorterBudgets
{
    /// <summary>All of them, shortest first.</summary>
    public static IReadOnlyList<ShorterBudget> Of(SweepState state, DatasetIdentity dataset) =>
    [
        .. state.ShorterBudgets.Select(stored =>
        {
            var read = SweepPlan.Of(SweepDraft.Parse(stored.SpecText, state.NetworkText), dataset, state.NumericsVersion);
            var plan = read.Value ?? throw new InvalidOperationException($"The stored specification of a shorter budget is none that this release can read: {string.Join("; ", read.Errors)}.");
            var was = state with
            {
                SpecText = stored.SpecText,
                EarlierReplicas = stored.EarlierReplicas,
                EarlierConfirms = stored.EarlierConfirms,
                Decisions = stored.Decisions,
                ReplicaDecisions = stored.ReplicaDecisions,
                RungDecisions = stored.RungDecisions,
                Stop = stored.Stop,
                CompletedAt = stored.CompletedAt,
                ShorterBudgets = [],
            };
            return new ShorterBudget(plan, was, stored, SweepConfigurations.Of(plan, was));
        }),
    ];

    /// <summary>
    /// The state of a sweep whose budget is made longer: nothing is decided on it yet, and what was on the shorter one stays beside it. What
    /// trains or waits on the shorter one is halted under a version of its own, between that of its orders and that of those to come.
    /// A checkpoint holds all replicas of a configuration, so those stay parted as they are where one was <paramref name="kept"/>.
    /// </summary>
    public static SweepState Superseded(SweepState was, SweepState longer, KeptCheckpoint kept)
    {
        var unfinished = was.CompletedAt is null;
        return longer with
        {
            EarlierReplicas = kept == KeptCheckpoint.None ? [] : longer.EarlierReplicas,
            EarlierConfirms = kept == KeptCheckpoint.None ? [] : longer.EarlierConfirms,
            Decisions = [],
            ReplicaDecisions = [],
            RungDecisions = [],
            Stop = null,
            ControlVersion = was.ControlVersion + (unfinished ? 2 : 1),
            ShorterBudgets =
            [
                .. was.ShorterBudgets,
                new(
                    was.SpecText, was.EarlierReplicas, was.EarlierConfirms, was.Decisions, was.ReplicaDecisions, was.RungDecisions, was.Stop,
                    was.CompletedAt, unfinished ? was.ControlVersion + 1 : 0),
            ],
        };
    }

    /// <summary>
    /// The configuration of the same replicas on a shorter budget that kept a checkpoint, and shares the most updates with this one; null
    /// where there is none. Of equals that of the longest budget.
    /// </summary>
    public static SweepConfiguration? Source(SweepConfiguration configuration, IReadOnlyList<ShorterBudget> shorter) =>
        Sources(configuration, shorter).Select(c => (Source: c, Updates: SharedUpdates.Resumable(c.Settings, configuration.Settings)))
            .Where(s => s.Updates > 0)
            .OrderByDescending(s => s.Updates)
            .Select(s => s.Source)
            .FirstOrDefault();

    private static IEnumerable<SweepConfiguration> Sources(SweepConfiguration configuration, IReadOnlyList<ShorterBudget> shorter)
    {
        var planned = configuration.Planned;
        return shorter.Reverse().Where(b => b.Plan.Spec.CheckpointKept != KeptCheckpoint.None).SelectMany(b => b.Of(planned)).Where(c =>
            c.Planned.FirstReplica == planned.FirstReplica && c.Planned.Replicas == planned.Replicas
            && (c.Planned.Stage == Stage.Confirm) == (planned.Stage == Stage.Confirm)
            && c.Planned.SettingsHash != planned.SettingsHash);
    }
}
