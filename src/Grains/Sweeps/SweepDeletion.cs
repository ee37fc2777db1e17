using SmallBatch.Contracts.Configurations;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// Deletes everything of one sweep but its own row, a bounded step at a time. Each step lists anew, so that one which another
/// activation began goes on, and what a trainer still wrote when it was stopped is found too.
/// </summary>
internal sealed class SweepDeletion(IGrainFactory grains, ConfigurationRows rows, ResultTable results, AttemptTable attempts, ICheckpointStore checkpoints, IAttemptLogs logs)
{
    private const int MostOfStep = 100;

    /// <summary>Steps that must find nothing, one after the other: a heartbeat lies between two, which stops the last trainer.</summary>
    private const int CleanSteps = 2;
    private int clean;

    /// <summary>One step. True once nothing is left.</summary>
    public async Task<bool> StepAsync(string sweepId, long controlVersion)
    {
        // Also those that the sweep does not plan any more: fresh seeds at a rate that was chosen once.
        var known = (await rows.KeysAsync(sweepId, CancellationToken.None)).Take(MostOfStep).ToList();
        foreach (var key in known)
        {
            await grains.GetGrain<IConfigurationGrain>(key).Forget(controlVersion);
        }

        var left = known.Count > 0
            || await results.DeleteAsync(sweepId, MostOfStep)
            || await attempts.DeleteAsync(sweepId, MostOfStep)
            | await checkpoints.DeleteSweepAsync(sweepId, MostOfStep, CancellationToken.None)
            | await logs.DeleteSweepAsync(sweepId, MostOfStep, CancellationToken.None);
        clean = left ? 0 : clean + 1;
        return clean >= CleanSteps;
    }
}
