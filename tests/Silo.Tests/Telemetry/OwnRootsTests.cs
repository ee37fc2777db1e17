using System.Diagnostics;
using OpenTelemetry.Trace;
using SmallBatch.Silo.Telemetry;

namespace SmallBatch.Silo.Tests.Telemetry;

public sealed class OwnRootsTests
{
    [Theory]
    [InlineData(1, ActivityKind.Internal, null, true)]
    [InlineData(1, ActivityKind.Client, null, false)]
    [InlineData(1, ActivityKind.Server, null, false)]
    [InlineData(0, ActivityKind.Internal, null, false)]
    [InlineData(0, ActivityKind.Client, ActivityTraceFlags.Recorded, true)]
    [InlineData(1, ActivityKind.Internal, ActivityTraceFlags.None, false)]
    public void A_trace_begins_with_a_span_of_ours_and_what_is_below_it_goes_with_it(double share, ActivityKind kind, ActivityTraceFlags? parent, bool sampled)
    {
        var trace = ActivityTraceId.CreateRandom();
        var above = parent is { } flags ? new ActivityContext(trace, ActivitySpanId.CreateRandom(), flags) : default;
        var result = new OwnRoots(share).ShouldSample(new(above, trace, "any", kind));
        Assert.Equal(sampled ? SamplingDecision.RecordAndSample : SamplingDecision.Drop, result.Decision);
    }
}
