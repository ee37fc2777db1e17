using MathNet.Numerics.Statistics;

namespace SmallBatch.Statistics;

/// <summary>What independent scores of one cell say.</summary>
/// <param name="Count">How many, from 1.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="StandardDeviation">Sample standard deviation, divisor n − 1; NaN for one score.</param>
public readonly record struct Sample(int Count, double Mean, double StandardDeviation)
{
    /// <summary>Estimated variance of the mean, s²/n; NaN for one score.</summary>
    public double VarianceOfMean => StandardDeviation * StandardDeviation / Count;

    /// <summary>Mean and deviation of at least one score.</summary>
    public static Sample Of(IReadOnlyCollection<double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentOutOfRangeException.ThrowIfZero(scores.Count);
        return new(scores.Count, scores.Mean(), scores.StandardDeviation());
    }
}
