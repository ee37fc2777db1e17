using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Verification;

/// <summary>Result rows with their curves, and attempt rows.</summary>
internal static partial class SweepComparison
{
    private static IEnumerable<Disagreement> OfResults(StoredSweep sweep, HashSet<string> complete, HashSet<string> givenUp)
    {
        var planned = sweep.All.ToDictionary(c => c.Planned.Key, c => c.Planned);
        foreach (var row in sweep.Results)
        {
            if (!sweep.Known.Contains(row.ConfigurationKey))
            {
                yield return new($"{ResultTable.Name} {row.RowKey}", $"its configuration {row.ConfigurationKey} is none of the sweep's", "delete the row, unless you know whose it is");
            }
            else if (planned.TryGetValue(row.ConfigurationKey, out var plan))
            {
                foreach (var what in OfResult(row, plan))
                {
                    yield return new($"{ResultTable.Name} {row.RowKey}", what, $"restore it from a copy, or delete it and {Submit(sweep)}: what is missing is trained");
                }
            }
        }

        var there = sweep.Results.ToLookup(r => (r.Stage, r.SettingsHash), r => r.Replica);
        foreach (var plan in sweep.Configurations.Select(c => c.Planned).Where(p => sweep.State.CompletedAt is not null && !complete.Contains(p.Key) && !givenUp.Contains(p.Key)))
        {
            yield return new(
                plan.Key,
                $"the sweep is completed, and the result rows of replicas {Replicas(Enumerable.Range(plan.FirstReplica, plan.Replicas).Except(there[(plan.Stage, plan.SettingsHash)]))} are missing",
                $"{Submit(sweep)}: what is missing is trained");
        }
    }

    private static IEnumerable<string> OfResult(ResultRow row, PlannedConfiguration plan)
    {
        if (row.SettingsHash != plan.SettingsHash)
        {
            yield return $"it is of settings {row.SettingsHash[..12]}, and the sweep plans {plan.SettingsHash[..12]}";
        }

        if (row.Replica < plan.FirstReplica || row.Replica >= plan.FirstReplica + plan.Replicas)
        {
            yield return $"it is of replica {row.Replica}, and the sweep plans {plan.FirstReplica} to {plan.FirstReplica + plan.Replicas - 1}";
        }

        var result = ReplicaResults.Read(row);
        if (result.Updates != plan.Updates)
        {
            yield return $"it is of {result.Updates} updates, and the sweep plans {plan.Updates}";
        }

        if (result.Curve.Zip(result.Curve.Skip(1)).Any(p => p.Second.Step <= p.First.Step || p.Second.Epoch < p.First.Epoch))
        {
            yield return "its curve is not in order";
        }
        else if (result.Outcome != OutcomeKind.Diverged && (result.Curve is [.., var last] ? last.Step : 0) is var reached && reached != plan.Updates)
        {
            yield return $"its curve ends at update {reached}, and the sweep plans {plan.Updates}";
        }
    }

    private static IEnumerable<Disagreement> OfAttempts(StoredSweep sweep, HashSet<string> complete, HashSet<string> givenUp)
    {
        foreach (var (row, _) in sweep.Attempts.Where(a => !sweep.Known.Contains(a.Row.Key)))
        {
            yield return new($"{AttemptTable.Name} {row.Key}", $"attempt {row.Run.Attempt} is of a configuration that is none of the sweep's", "delete the row, unless you know whose it is");
        }

        var completed = sweep.Attempts.Where(a => a.Row.Run.End == AttemptEnd.Completed).Select(a => a.Row.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in complete.Where(k => !completed.Contains(k)))
        {
            yield return new(key, "its results are stored, and no attempt that completed", "nothing: the results stand, runs.csv lacks a line");
        }

        foreach (var key in completed.Where(k => sweep.Known.Contains(k) && !sweep.Results.Any(r => r.ConfigurationKey == k) && !givenUp.Contains(k) && !sweep.Over))
        {
            yield return new(key, "an attempt completed, and no result row is stored", "nothing: it is trained again, to the same bytes");
        }
    }
}
