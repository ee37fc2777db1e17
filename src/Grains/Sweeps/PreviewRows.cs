using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What a plan would train, and what of it is stored; pure.</summary>
internal static class PreviewRows
{
    /// <summary>
    /// A row for each stage and m; the updates that are <paramref name="saved"/>, by key, cost nothing. Fresh seeds count also before it
    /// is known at which η̃ they train; what of those is stored then shows once it is.
    /// </summary>
    public static IEnumerable<PreviewRow> Of(SweepPlan plan, SweepState state, IReadOnlyList<ResultRow> stored, IReadOnlyDictionary<string, long>? saved = null)
    {
        var rows = stored.Select(r => (r.Stage, r.SettingsHash, r.Replica)).ToHashSet();
        var known = SweepConfigurations.Of(plan, state);
        foreach (var (stage, rung) in Stages(plan))
        {
            foreach (var m in plan.Spec.BatchSizes)
            {
                var planned = known.Select(c => c.Planned).Where(p => p.Stage == stage && p.BatchSize == m && (stage != Stage.Rung || p.Rung!.Number == rung)).ToList();
                if (planned.Count > 0)
                {
                    var missing = planned.Where(p => Runs(p).Any(r => !rows.Contains((stage, p.SettingsHash, r)))).ToList();
                    yield return new(
                        stage, m, planned[0].Updates, planned.Sum(p => p.Replicas), planned.Except(missing).Sum(p => p.Replicas),
                        missing.Sum(p => p.PredictedSeconds * (1 - (Saved(p) / (double)p.Updates))), missing.Sum(p => Saved(p) * p.Replicas));
                    continue;
                }

                // What nobody knows yet: an m without a winner trains no fresh seeds, and a rung leaves more or fewer cells than its share.
                var (cells, replicas) = stage == Stage.Confirm ? (Known(plan, state, m) ? 0 : 1, plan.Spec.Confirm) : (SweepSearch.Expected(plan, state, m, rung), plan.Spec.Replicas);
                if (cells * replicas > 0)
                {
                    var any = plan.Cell(m, plan.Rates(m)[0], rung);
                    yield return new(stage, m, any.Settings.Updates, cells * replicas, 0, cells * plan.PredictedSeconds(any, replicas));
                }
            }
        }

        long Saved(PlannedConfiguration planned) => saved?.GetValueOrDefault(planned.Key) ?? 0;
    }

    /// <summary>Whether it is known which fresh seeds a batch size trains.</summary>
    private static bool Known(SweepPlan plan, SweepState state, int batchSize) =>
        SweepConfigurations.Choices(plan, state).FirstOrDefault(d => d.BatchSize == batchSize) is { } choice && (choice.BaseLearningRate is null || SweepStop.RuledOut(plan, state) is not null);

    private static IEnumerable<(Stage Stage, int Rung)> Stages(SweepPlan plan) =>
    [
        .. Enumerable.Range(1, SweepSearch.Last(plan) - 1).Select(rung => (Stage.Rung, rung)),
        (Stage.Grid, SweepSearch.Last(plan)),
        (Stage.Confirm, SweepSearch.Last(plan)),
    ];

    private static IEnumerable<int> Runs(PlannedConfiguration planned) => Enumerable.Range(planned.FirstReplica, planned.Replicas);
}
