using System.Diagnostics;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Configurations;

/// <summary>
/// A configuration's trace: one of its own, linked to its sweep's, since a sweep has thousands. Its root's context is stored with the state, so that
/// it goes on whichever silo the grain is on, in whichever life.
/// </summary>
internal static class ConfigurationSpans
{
    /// <summary>The root: its sweep orders it.</summary>
    public static Activity? Ordered(ConfigurationJob job)
    {
        var sweep = Spans.Sampled();
        Activity.Current = null;
        var span = Spans.Source.StartActivity("configuration", ActivityKind.Internal, default(ActivityContext), links: sweep is null ? null : [new(sweep.Context)]);
        return span?.SetTag("smallbatch.sweep", job.SweepName).SetTag("smallbatch.configuration", job.Key).SetTag("smallbatch.batch_size", job.BatchSize).SetTag("smallbatch.stage", job.Stage.Label());
    }

    /// <summary>A slot is granted: how long it waited, since the last event of its story.</summary>
    public static void Waited(ConfigurationState before)
    {
        using var span = Spans.Source.StartActivity("wait", ActivityKind.Internal, Spans.Parent(before.Trace), startTime: before.Story[^1].At);
        span?.SetTag("smallbatch.since", before.Story[^1].What);
    }

    /// <summary>From the offer to the host's answer; the attempt is below it.</summary>
    public static Activity? Granted(ConfigurationState state, Lease lease) =>
        Attempt(Spans.Source.StartActivity("lease", ActivityKind.Internal, Spans.Parent(state.Trace)), state)?.SetTag("smallbatch.host", lease.Host).SetTag("smallbatch.slot", lease.Slot);

    /// <summary>An attempt's end is taken in; below the attempt, which told of it.</summary>
    public static Activity? Ended(ConfigurationState state, AttemptEnd end) =>
        Attempt(Spans.Source.StartActivity("outcome", ActivityKind.Internal, Spans.Sampled()?.Context ?? Spans.Parent(state.Trace)), state)?.SetTag("smallbatch.end", end.Label());

    /// <summary>The lease is lost.</summary>
    public static void Lost(ConfigurationState state, string reason)
    {
        using var span = Spans.Source.StartActivity("lost", ActivityKind.Internal, Spans.Parent(state.Trace));
        Attempt(span, state)?.SetStatus(ActivityStatusCode.Error, reason);
    }

    private static Activity? Attempt(Activity? span, ConfigurationState state) =>
        span?.SetTag("smallbatch.configuration", state.Order!.Job.Key).SetTag("smallbatch.attempt", state.Attempt).SetTag("smallbatch.token", $"{state.Token}");
}
