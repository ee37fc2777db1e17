using System.Diagnostics.Metrics;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Grains.Configurations;

/// <summary>What becomes of configurations, counted by the silo that their grains are on.</summary>
internal sealed class ConfigurationMetrics
{
    private readonly Counter<long> started;
    private readonly Counter<long> ended;
    private readonly Counter<long> over;
    private readonly Histogram<double> recovery;

    public ConfigurationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterNames.SmallBatch);
        started = meter.CreateCounter<long>("smallbatch.attempts.started", null, "Attempts that a host took");
        ended = meter.CreateCounter<long>("smallbatch.attempts.ended", null, "Attempts that are over, by how they ended");
        over = meter.CreateCounter<long>("smallbatch.configurations.ended", null, "Configurations whose rows are stored, and those that were given up");
        recovery = meter.CreateHistogram(
            "smallbatch.recovery",
            "s",
            "Time from the end of an attempt that was not the last to the first progress of the next",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 300, 600, 1800, 3600] });

        // What is zero now is there to rise from: a series that begins at one tells no rate.
        started.Add(0);
        Array.ForEach(Enum.GetValues<AttemptEnd>(), e => ended.Add(0, EndTag(e)));
        over.Add(0, Outcome("completed"));
        over.Add(0, Outcome("failed"));
    }

    /// <summary>A host took an attempt.</summary>
    public void Started() => started.Add(1);

    /// <summary>An attempt is over, and with it the configuration where it completed it or has <paramref name="failed"/>.</summary>
    public void Ended(AttemptEnd end, bool failed)
    {
        ended.Add(1, EndTag(end));
        if (failed || end == AttemptEnd.Completed)
        {
            over.Add(1, Outcome(failed ? "failed" : "completed"));
        }
    }

    /// <summary>An attempt trains that goes on where another was interrupted.</summary>
    public void Recovered(StoryKind after, TimeSpan time) => recovery.Record(time.TotalSeconds, new KeyValuePair<string, object?>("after", after.Label()));

    private static KeyValuePair<string, object?> EndTag(AttemptEnd end) => new("end", end.Label());

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);
}
