using System.Diagnostics.Metrics;
using SmallBatch.Grains;

namespace SmallBatch.Silo.Storage;

/// <summary>How long the store takes.</summary>
internal sealed class StoreMetrics(IMeterFactory meters)
{
    private readonly Histogram<double> requests = meters.Create(MeterNames.SmallBatch).CreateHistogram(
        "smallbatch.store.request",
        "s",
        "Time of one request to the store, each try of a repeated one by itself",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    /// <summary>A request is over.</summary>
    /// <param name="service"><c>table</c> or <c>blob</c>.</param>
    /// <param name="method">The verb of HTTP, in lower case; <c>batch</c> for a transaction.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="took">How long it took.</param>
    public void Asked(string service, string method, StoreOutcome outcome, TimeSpan took) => requests.Record(
        took.TotalSeconds, new KeyValuePair<string, object?>("service", service), new("method", method), new("outcome", outcome.Label()));
}
