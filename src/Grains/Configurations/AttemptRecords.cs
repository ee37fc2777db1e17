using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Configurations;

/// <summary>What is recorded of an attempt's end. It stays with the configuration's state until the aggregator has stored it.</summary>
internal static class AttemptRecords
{
    /// <summary>The current attempt's end, in its trainer's words.</summary>
    public static RunRecord Of(ConfigurationState state, AttemptReport report, DateTimeOffset now) =>
        Of(state, report.End, report.Reason, report.Step, now) with
        {
            TrainingSeconds = report.TrainingSeconds,
            ResumedFromStep = report.ResumedFromStep ?? state.ResumedFromStep,
            EnergyJoules = report.EnergyJoules,
        };

    /// <summary>The current attempt's end, where its trainer has said nothing.</summary>
    public static RunRecord Of(ConfigurationState state, AttemptEnd end, string? reason, long step, DateTimeOffset now) => new(
        state.Attempt, state.Token!.ToString(), state.Lease!.Host, state.Lease.Device, state.StartedAt, now, end, reason, 0, state.ResumedFromStep, step, state.Generation);

    /// <summary>Adds an attempt's end to what the aggregator is to be told.</summary>
    public static ConfigurationState Owing(ConfigurationState state, RunRecord run) => state with { Untold = [.. state.Untold, run] };

    /// <summary>The aggregator has these.</summary>
    public static ConfigurationState Told(ConfigurationState state, IEnumerable<RunRecord> runs) => state with { Untold = [.. state.Untold.Except(runs)] };
}
