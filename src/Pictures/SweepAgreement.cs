using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Pictures;

/// <summary>Whether sweeps were trained alike, so that a difference between them is of the one thing in which they differ.</summary>
internal static class SweepAgreement
{
    /// <summary>
    /// What a sweep's results depend on, but for its axes and what <paramref name="levelled"/> makes equal: sweeps with equal texts
    /// agree. Null where its specification cannot be read.
    /// </summary>
    public static string? Text(SweepResults results, Func<SweepSpec, SweepSpec> levelled)
    {
        return SweepSpecReader.Read(results.Sweep.SpecText, results.Sweep.Name).Value is not { } spec ? null : SweepSpecText.Write(levelled(spec) with
        {
            Name = "alike",
            Seed = 1,
            Priority = 0,
            Team = SweepSpec.DefaultTeam,
            Weight = 1,
            Delta = SweepSpec.DefaultDelta,
            CheckpointEvery = TimeSpan.FromMinutes(1),
            Replicas = 1,
            ReplicasUntil = null,
            Confirm = 1,
            ConfirmUntil = null,
            BatchSizes = [1],
            BaseLearningRates = [],
            RatesByBatchSize = null,
            From = null,
            Search = null,
            StopWhenDecided = false,
            UpdateVariance = null,
            LimitDeviceHours = null,
        });
    }
}
