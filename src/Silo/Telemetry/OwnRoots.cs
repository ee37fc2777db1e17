using System.Diagnostics;
using OpenTelemetry.Trace;

namespace SmallBatch.Silo.Telemetry;

/// <summary>
/// A trace begins with a span of ours; a call between grains is part of one or none, so that heartbeats and questions to the pool, of which there are
/// thousands an hour, make no traces.
/// </summary>
/// <param name="share">How many of our own are sampled, 0 to 1; what is below a root goes with it.</param>
internal sealed class OwnRoots(double share) : Sampler
{
    private readonly TraceIdRatioBasedSampler roots = new(share);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.ParentContext.TraceId != default
            ? new(samplingParameters.ParentContext.TraceFlags.HasFlag(ActivityTraceFlags.Recorded))
            : samplingParameters.Kind == ActivityKind.Internal ? roots.ShouldSample(samplingParameters) : new(false);
}
