using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace SmallBatch.Statistics;

/// <summary>
/// The confidence interval of a mean by the bias-corrected and accelerated bootstrap (BCa; Efron 1987; Efron and Tibshirani
/// 1993, section 14.3). It assumes no distribution, but needs scores to draw from: below <see cref="LeastCount"/> there is none.
/// </summary>
public static class BootstrapInterval
{
    /// <summary>Fewest scores: fewer give too few different resamples, and intervals that are too short.</summary>
    public const int LeastCount = 10;

    private const int Resamples = 9_999;
    private const int Seed = 1;

    /// <summary>The interval at this level, above 0 and below 1, the same at every call; null below ten scores.</summary>
    public static Interval? Of(IReadOnlyList<double> scores, double level)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count < LeastCount)
        {
            return null;
        }

        var mean = scores.Mean();
        var acceleration = Acceleration(scores, mean);
        if (double.IsNaN(acceleration))
        {
            // All equal: every resample is the sample.
            return new(mean, mean);
        }

        var means = Means(scores);
        var below = (means.Count(m => m < mean) + means.Count(m => m <= mean)) / (2d * Resamples);
        var bias = Normal.InvCDF(0, 1, below);
        return new(End((1 - level) / 2), End((1 + level) / 2));

        double End(double share)
        {
            var z = bias + Normal.InvCDF(0, 1, share);
            return means.QuantileCustom(Normal.CDF(0, 1, bias + (z / (1 - (acceleration * z)))), QuantileDefinition.R7);
        }
    }

    private static double[] Means(IReadOnlyList<double> scores)
    {
        var random = new MersenneTwister(Seed);
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            for (var i = 0; i < scores.Count; i++)
            {
                means[r] += scores[random.Next(scores.Count)] / scores.Count;
            }
        }

        return means;
    }

    /// <summary>From the jackknife: Σd³ / (6 (Σd²)^1.5). For a mean, d is each score's distance from it, over n − 1.</summary>
    private static double Acceleration(IReadOnlyList<double> scores, double mean)
    {
        var squares = scores.Sum(s => (s - mean) * (s - mean));
        return scores.Sum(s => (s - mean) * (s - mean) * (s - mean)) / (6 * Math.Pow(squares, 1.5));
    }
}
