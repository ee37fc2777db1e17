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
    /// <summary>The grid, then what is confirmed so far; by stage, m, η̃.</summary>
    public static IReadOnlyList<SweepConfiguration> Of(string sweepId, SweepPlan plan, IReadOnlyList<ConfirmDecision> decisions, IReadOnlyList<RetriedConfiguration> retries)
    {
        var generations = retries.ToDictionary(r => r.Key, r => r.Generation);
        var grid = plan.Cells.Select(c => Configuration(sweepId, plan, c, Stage.Grid, plan.Spec.Replicas));
        var confirm = plan.Spec.Confirm == 0
            ? []
            : decisions.Where(d => d.BaseLearningRate is not null && d.GridSize == plan.Spec.BaseLearningRates.Count)
                .OrderBy(d => d.BatchSize)
                .Select(d => Configuration(sweepId, plan, plan.Cell(d.BatchSize, ReplicaResults.Rate(d.BaseLearningRate!)), Stage.Confirm, plan.Spec.Confirm));
        return
        [
            .. grid.Concat(confirm).Select(c => c with { Planned = c.Planned with { Generation = generations.GetValueOrDefault(c.Planned.Key) } }),
        ];
    }

    /// <summary>Keys of every configuration that the plan may ever have, whatever is confirmed.</summary>
    public static IReadOnlySet<string> Possible(string sweepId, SweepPlan plan) => plan.Cells
        .SelectMany(c => new[] { Configuration(sweepId, plan, c, Stage.Grid, plan.Spec.Replicas), Configuration(sweepId, plan, c, Stage.Confirm, plan.Spec.Confirm) })
        .Select(c => c.Planned.Key)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// The decisions that the stored rows allow and that are not made yet: a batch size whose row of the grid has ended,
    /// whether by results or by giving up.
    /// </summary>
    public static IReadOnlyList<ConfirmDecision> Decide(SweepPlan plan, IReadOnlyList<SweepConfiguration> configurations, ISet<string> ended, IReadOnlyList<ResultRow> rows, IReadOnlyList<ConfirmDecision> made)
    {
        var size = plan.Spec.BaseLearningRates.Count;
        var results = rows.Where(r => r.Stage == Stage.Grid).ToLookup(r => r.ConfigurationKey);
        return
        [
            .. configurations.Where(c => c.Planned.Stage == Stage.Grid)
                .GroupBy(c => c.Planned.BatchSize)
                .Where(g => g.All(c => ended.Contains(c.Planned.Key)) && !made.Any(d => d.BatchSize == g.Key && d.GridSize == size))
                .Select(g => new ConfirmDecision(g.Key, size, Selection.Winner(g.Select(c => Summaries.Of(
                    Stage.Grid, c.Planned.BatchSize, c.Planned.BaseLearningRate, c.Planned.Replicas, [.. results[c.Planned.Key].Select(ReplicaResults.Read)])))?.BaseLearningRate)),
        ];
    }

    /// <summary>Keys of the configurations whose every replica has its row.</summary>
    public static IEnumerable<string> Complete(IReadOnlyList<SweepConfiguration> configurations, IReadOnlyList<ResultRow> rows)
    {
        var counts = rows.GroupBy(r => r.ConfigurationKey).ToDictionary(g => g.Key, g => g.Count());
        return configurations.Where(c => counts.GetValueOrDefault(c.Planned.Key) >= c.Planned.Replicas).Select(c => c.Planned.Key);
    }

    /// <summary>Keys of the configurations that were given up, in their current retry generation.</summary>
    public static IEnumerable<string> GivenUp(IReadOnlyList<SweepConfiguration> configurations, IReadOnlyList<(RunRow Row, string? FailedBecause)> attempts)
    {
        var failed = attempts.Where(a => a.FailedBecause is not null).GroupBy(a => a.Row.Key).ToDictionary(g => g.Key, g => g.Max(a => a.Row.Run.Generation));
        return configurations.Where(c => failed.TryGetValue(c.Planned.Key, out var generation) && generation >= c.Planned.Generation).Select(c => c.Planned.Key);
    }

    private static SweepConfiguration Configuration(string sweepId, SweepPlan plan, PlannedCell cell, Stage stage, int replicas)
    {
        // '/' may not stand in a key; the readable rate is stored beside it.
        var rate = cell.BaseLearningRate.ToString().Replace('/', ':');
        var confirm = stage == Stage.Confirm ? ".confirm" : "";
        return new(
            new(
                string.Create(CultureInfo.InvariantCulture, $"{sweepId}.m={cell.BatchSize}.lr={rate}{confirm}.{cell.SettingsHash[..12]}"),
                stage,
                cell.BatchSize,
                cell.BaseLearningRate.ToString(),
                cell.SettingsHash,
                replicas,
                cell.Settings.Epochs,
                cell.Settings.Updates,
                plan.PredictedSeconds(cell, replicas)),
            cell.Settings);
    }
}
