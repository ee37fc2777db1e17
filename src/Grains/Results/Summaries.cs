using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Results;

/// <summary>What the replicas of a cell say together.</summary>
internal static class Summaries
{
    private const double Level = 0.95;

    /// <summary>Mean, deviation and the 95 % interval of Student's t over the replicas that stayed finite.</summary>
    public static CellSummary Of(Stage stage, int batchSize, string rate, int replicas, IReadOnlyCollection<ReplicaResult> results)
    {
        var scores = results.Where(r => r.Score is not null).Select(r => r.Score!.Value).ToArray();
        double? mean = scores.Length > 0 ? scores.Mean() : null;
        double? deviation = scores.Length > 1 ? scores.StandardDeviation() : null;
        var half = deviation is { } s ? StudentT.InvCDF(0, 1, scores.Length - 1, (1 + Level) / 2) * s / Math.Sqrt(scores.Length) : (double?)null;
        return new(
            stage,
            batchSize,
            rate,
            replicas,
            results.Count(r => r.Outcome == OutcomeKind.Trained),
            results.Count(r => r.Outcome == OutcomeKind.Untrained),
            results.Count(r => r.Outcome == OutcomeKind.Diverged),
            mean,
            deviation,
            mean - half,
            mean + half,
            results.Count >= replicas);
    }
}
