using SmallBatch.Contracts.Configurations;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// Deletes everything of one sweep but its own row, a bounded step at a time. Each step lists anew, so that one which another
/// activation began goes on, and what a trainer still wrote when it was stopped is found too.
/// </summary>
internal sealed class SweepDeletion(IGrainFactory grains, ResultTable results, AttemptTable attempts, ICheckpointStore checkpoints, IAttemptLogs logs)
{
    private const int MostOfStep = 100;

    /// <summary>Steps that must find nothing, one after the other: a heartbeat lies between two, which stops the last trainer.</summary>
    private const int CleanSteps = 2;
    private readonly HashSet<string> forgotten = new(StringComparer.Ordinal);
    private int clean;

    /// <summary>One step. True once nothing is left.</summary>
    public async Task<bool> StepAsync(string sweepId, long controlVersion, IReadOnlyList<string> planned)
    {
        var keys = planned.Concat(await results.KeysAsync(sweepId)).Concat(await attempts.KeysAsync(sweepId));
        var next = keys.Where(k => !forgotten.Contains(k)).Distinct(StringComparer.Ordinal).Take(MostOfStep).ToList();
        foreach (var key in next)
        {
            await grains.GetGrain<IConfigurationGrain>(key).Forget(controlVersion);
            forgotten.Add(key);
        }

        var left = next.Count > 0
            || await results.DeleteAsync(sweepId, MostOfStep)
            || await attempts.DeleteAsync(sweepId, MostOfStep)
            | await checkpoints.DeleteSweepAsync(sweepId, MostOfStep, CancellationToken.None)
            | await logs.DeleteSweepAsync(sweepId, MostOfStep, CancellationToken.None);
        clean = left ? 0 : clean + 1;
        return clean >= CleanSteps;
    }
}
