using System.Diagnostics;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Grains;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>What a trace shows of it.</summary>
internal sealed partial class TrainerAttempt
{
    private Activity? span;

    /// <summary>Begins its span, below the lease's; it ends when the configuration has heard of the end.</summary>
    public void BeginSpan() => span = Spans.Source.StartActivity("attempt")?
        .SetTag("smallbatch.configuration", Order.Lease.ConfigurationKey).SetTag("smallbatch.attempt", Order.Attempt).SetTag("smallbatch.token", Job).SetTag("smallbatch.device", Order.Lease.Device);

    private void EndSpan(AttemptReport report)
    {
        span?.SetTag("smallbatch.end", report.End.Label()).SetTag("smallbatch.step", report.Step).SetTag("smallbatch.resumed_from_step", report.ResumedFromStep);
        if (report.End is AttemptEnd.Crashed or AttemptEnd.Lost or AttemptEnd.Refused)
        {
            span?.SetStatus(ActivityStatusCode.Error, report.Reason?.Split('\n')[0]);
        }

        span?.Dispose();
    }

    /// <summary>An epoch is a point in time of the training's span.</summary>
    private static void Mark(EpochEnded epoch) => Activity.Current?.AddEvent(new("epoch", tags: new()
    {
        ["smallbatch.epoch"] = epoch.Epoch,
        ["smallbatch.step"] = epoch.Step,
        ["smallbatch.images_per_second"] = epoch.ImagesPerSecond,
        ["smallbatch.test_accuracy"] = epoch.TestAccuracy.Average(),
    }));
}
