using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>One configuration of a sweep with what it trains.</summary>
internal sealed record SweepConfiguration(PlannedConfiguration Planned, TrainingSettings Settings);

/// <summary>From a sweep's stored state to its configurations; pure.</summary>
internal static class SweepConfigurations
{
    /// <summary>The rungs as far as they are known, the grid, then what is confirmed so far; by stage, m, η̃, first replica.</summary>
    public static IReadOnlyList<SweepConfiguration> Of(SweepPlan plan, SweepState state)
    {
        var generations = state.Retries.ToDictionary(r => r.Key, r => r.Generation);
        var rungs = SweepSearch.Cells(plan, state).SelectMany(c => Parts(plan, state, c.Cell, Stage.Rung, rung: c.Rung));
        var whole = plan.Spec.BatchSizes.ToDictionary(m => m, m => SweepSearch.Rates(plan, state, m, SweepSearch.Last(plan))?.ToHashSet());
        var grid = plan.Cells.Where(c => whole[c.BatchSize]?.Contains(c.BaseLearningRate) == true).SelectMany(c => Parts(plan, state, c, Stage.Grid));
        var confirm = Choices(plan, state)
            .Where(d => d.BaseLearningRate is not null && SweepStop.RuledOut(plan, state)?.Contains(d.BatchSize) == false)
            .SelectMany(d => Parts(plan, state, plan.Cell(d.BatchSize, ReplicaResults.Rate(d.BaseLearningRate!)), Stage.Confirm));
        return
        [
            .. rungs.Concat(grid).Concat(confirm).Select(c => c with { Planned = c.Planned with { Generation = generations.GetValueOrDefault(c.Planned.Key) } }),
        ];
    }

    /// <summary>The choices that are made on this grid, ascending by m.</summary>
    public static IEnumerable<ConfirmDecision> Choices(SweepPlan plan, SweepState state) =>
        state.Decisions.Where(d => d.GridSize == plan.Spec.BaseLearningRates.Count).OrderBy(d => d.BatchSize);

    /// <summary>Whether the η̃ of a batch size is chosen on this grid.</summary>
    public static bool Decided(SweepPlan plan, SweepState state, int batchSize) => Choices(plan, state).Any(d => d.BatchSize == batchSize);

    /// <summary>The state once the stored specification is extended to another: what is there stays, and is not trained again.</summary>
    public static SweepState Extended(SweepState state, SweepSpec stored, SweepSpec extended)
    {
        var widened = state with
        {
            SpecText = SweepSpecText.Write(extended),
            EarlierReplicas = extended.Replicas > stored.Replicas ? [.. state.EarlierReplicas, stored.Replicas] : state.EarlierReplicas,
            EarlierConfirms = extended.Confirm > stored.Confirm && stored.Confirm > 0 ? [.. state.EarlierConfirms, stored.Confirm] : state.EarlierConfirms,

            // What fewer replicas chose is chosen anew.
            Decisions = extended.Replicas > stored.Replicas || extended.ReplicasUntil != stored.ReplicasUntil ? [] : state.Decisions,
            ControlVersion = state.ControlVersion + 1,
            CompletedAt = null,
            EndedAtDeviceHours = null,
        };
        return extended.Budget == stored.Budget ? widened : ShorterBudgets.Superseded(state, widened, stored.CheckpointKept);
    }

    /// <summary>Keys of every configuration that the plan may ever have, whatever is confirmed.</summary>
    public static IReadOnlySet<string> Possible(SweepPlan plan, SweepState state) => plan.Cells
        .SelectMany(c => Parts(plan, state, c, Stage.Grid, plan.Spec.ReplicasUntil?.Max)
            .Concat(Parts(plan, state, c, Stage.Confirm, plan.Spec.ConfirmUntil?.Max))
            .Concat(Enumerable.Range(1, SweepSearch.Last(plan) - 1)
                .Select(rung => SweepSearch.Cell(plan, c.BatchSize, c.BaseLearningRate, rung, null)).SelectMany(r => Parts(plan, state, r.Cell, Stage.Rung, rung: r.Rung))))
        .Select(c => c.Planned.Key)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// The decisions that the stored rows allow and that are not made yet: a batch size whose row of the grid has ended,
    /// whether by results or by giving up.
    /// </summary>
    public static IReadOnlyList<ConfirmDecision> Decide(SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended, IReadOnlyList<ResultRow> rows)
    {
        var size = plan.Spec.BaseLearningRates.Count;
        return
        [
            .. Undecided(plan, state, configurations, ended)
                .Where(row => row.Cells.Count == 0 || SweepReplicas.Settled(plan, state, row.BatchSize))
                .Select(row => new ConfirmDecision(row.BatchSize, size, Selection.Winner(Cells(row.Cells, rows))?.BaseLearningRate)),
        ];
    }

    /// <summary>Whether a decision may be due: a rung or a row of the grid that is not decided, or the fresh seeds, have ended as far as they are planned.</summary>
    public static bool IsDue(SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended) =>
        SweepSearch.IsDue(plan, state, configurations, ended)
        || Undecided(plan, state, configurations, ended).Any()
        || SweepStop.IsDue(plan, state, configurations, ended)
        || (!SweepReplicas.SettledFresh(plan, state) && SweepStop.RuledOut(plan, state) is not null && plan.Spec.BatchSizes.All(m => Decided(plan, state, m)) && configurations.All(c => ended.Contains(c.Planned.Key)));

    /// <summary>The batch sizes whose η̃ is not chosen though their row of the grid is known and has ended, with that row: none of it where the search left none.</summary>
    private static IEnumerable<(int BatchSize, List<SweepConfiguration> Cells)> Undecided(SweepPlan plan, SweepState state, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended)
    {
        var grid = configurations.Where(c => c.Planned.Stage == Stage.Grid).ToLookup(c => c.Planned.BatchSize);
        return plan.Spec.BatchSizes
            .Where(m => !Decided(plan, state, m) && SweepSearch.Settled(plan, state, m) && grid[m].All(c => ended.Contains(c.Planned.Key)))
            .Select(m => (m, grid[m].ToList()));
    }

    /// <summary>
    /// Keys of the configurations whose every replica has its row. A row is known by stage, settings and replica: that of a rung may be of
    /// a shorter budget's whose rung has another number.
    /// </summary>
    public static IEnumerable<string> Complete(IReadOnlyList<SweepConfiguration> configurations, IReadOnlyList<ResultRow> rows)
    {
        var there = rows.ToLookup(r => (r.Stage, r.SettingsHash), r => r.Replica);
        return configurations
            .Where(c => there[(c.Planned.Stage, c.Planned.SettingsHash)].Count(c.Planned.Trains) >= c.Planned.Replicas)
            .Select(c => c.Planned.Key);
    }

    /// <summary>Keys of the configurations that were given up, in their current retry generation.</summary>
    public static IEnumerable<string> GivenUp(IReadOnlyList<SweepConfiguration> configurations, IReadOnlyList<(RunRow Row, string? FailedBecause)> attempts)
    {
        var failed = attempts.Where(a => a.FailedBecause is not null).GroupBy(a => a.Row.Key).ToDictionary(g => g.Key, g => g.Max(a => a.Row.Run.Generation));
        return configurations.Where(c => failed.TryGetValue(c.Planned.Key, out var generation) && generation >= c.Planned.Generation).Select(c => c.Planned.Key);
    }

    /// <summary>What the cells of these configurations say together.</summary>
    public static IEnumerable<CellSummary> Cells(IEnumerable<SweepConfiguration> configurations, IReadOnlyList<ResultRow> rows)
    {
        var results = rows.ToLookup(r => (r.Stage, r.SettingsHash));
        return configurations
            .Select(c => c.Planned)
            .GroupBy(p => (p.Stage, p.BatchSize, p.BaseLearningRate))
            .Select(c => Summaries.Of(
                c.Key.Stage, c.Key.BatchSize, c.Key.BaseLearningRate, c.Sum(p => p.Replicas),
                [.. c.SelectMany(p => results[(p.Stage, p.SettingsHash)].Where(r => p.Trains(r.Replica))).Select(ReplicaResults.Read)]));
    }

    /// <summary>
    /// A cell's configurations: the replicas that it had first, then those of each time that it was given more, the last by the
    /// rule that adds some (<paramref name="most"/> of them in all, or as many as are decided).
    /// </summary>
    private static IEnumerable<SweepConfiguration> Parts(SweepPlan plan, SweepState state, PlannedCell cell, Stage stage, int? most = null, RungPlan? rung = null)
    {
        var first = 0;
        var ends = stage == Stage.Confirm ? state.EarlierConfirms.Append(plan.Spec.Confirm) : state.EarlierReplicas.Append(plan.Spec.Replicas);
        foreach (var end in ends.Append(most ?? SweepReplicas.Of(plan, state, stage, cell.BatchSize, cell.BaseLearningRate.ToString()) ?? 0))
        {
            if (end > first)
            {
                yield return Configuration(state.SweepId!, plan, cell, stage, first, end - first, rung);
                first = end;
            }
        }
    }

    private static SweepConfiguration Configuration(string sweepId, SweepPlan plan, PlannedCell cell, Stage stage, int first, int replicas, RungPlan? rung)
    {
        // '/' may not stand in a key; the readable rate is stored beside it.
        var rate = cell.BaseLearningRate.ToString().Replace('/', ':');
        var part = stage == Stage.Confirm ? ".confirm" : rung is null ? "" : string.Create(CultureInfo.InvariantCulture, $".rung={rung.Number}");
        var from = first > 0 ? string.Create(CultureInfo.InvariantCulture, $".r={first}") : "";
        return new(
            new(
                string.Create(CultureInfo.InvariantCulture, $"{sweepId}.m={cell.BatchSize}.lr={rate}{part}{from}.{cell.SettingsHash[..12]}"),
                stage,
                cell.BatchSize,
                cell.BaseLearningRate.ToString(),
                cell.SettingsHash,
                replicas,
                cell.Settings.Epochs,
                cell.Settings.Updates,
                plan.PredictedSeconds(cell, replicas),
                FirstReplica: first,
                Rung: rung),
            cell.Settings);
    }
}
