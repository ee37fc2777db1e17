using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What a plan would train, and what of it is stored; pure.</summary>
internal static class PreviewRows
{
    /// <summary>A row for each stage and m. Fresh seeds count also before it is known at which η̃ they train; what of those is stored then shows once it is.</summary>
    public static IEnumerable<PreviewRow> Of(SweepPlan plan, SweepState state, IReadOnlyList<ResultRow> stored)
    {
        var rows = stored.Select(r => (r.Stage, r.SettingsHash, r.Replica)).ToHashSet();
        var known = SweepConfigurations.Of(plan, state);
        foreach (var stage in new[] { Stage.Grid, Stage.Confirm })
        {
            foreach (var m in plan.Spec.BatchSizes)
            {
                var planned = known.Select(c => c.Planned).Where(p => p.Stage == stage && p.BatchSize == m).ToList();
                if (planned.Count == 0 && stage == Stage.Confirm && plan.Spec.Confirm > 0)
                {
                    // An m without a winner trains none, which nobody knows yet.
                    var any = plan.Cell(m, plan.Cells.First(c => c.BatchSize == m).BaseLearningRate);
                    yield return new(stage, m, any.Settings.Updates, plan.Spec.Confirm, 0, plan.PredictedSeconds(any, plan.Spec.Confirm));
                }
                else if (planned.Count > 0)
                {
                    var missing = planned.Where(p => Runs(p).Any(r => !rows.Contains((stage, p.SettingsHash, r)))).ToList();
                    yield return new(stage, m, planned[0].Updates, planned.Sum(p => p.Replicas), planned.Except(missing).Sum(p => p.Replicas), missing.Sum(p => p.PredictedSeconds));
                }
            }
        }
    }

    private static IEnumerable<int> Runs(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas);
}
