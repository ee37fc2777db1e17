using MathNet.Numerics.Distributions;

namespace SmallBatch.Statistics;

/// <summary>Welch's test of two means with unequal variances (Welch 1947), one-sided.</summary>
public static class WelchTest
{
    /// <summary>
    /// The probability of a difference as large as the observed <paramref name="better"/> − <paramref name="worse"/>, or larger,
    /// were the means equal; 1 where a side has fewer than two scores, since nothing is known of its spread.
    /// </summary>
    public static double PValue(Sample better, Sample worse)
    {
        if (better.Count < 2 || worse.Count < 2)
        {
            return 1;
        }

        var (v1, v2) = (better.VarianceOfMean, worse.VarianceOfMean);
        var difference = better.Mean - worse.Mean;
        if (v1 + v2 == 0)
        {
            return difference > 0 ? 0 : 1;
        }

        // Welch–Satterthwaite degrees of freedom.
        var freedom = (v1 + v2) * (v1 + v2) / ((v1 * v1 / (better.Count - 1)) + (v2 * v2 / (worse.Count - 1)));
        return StudentT.CDF(0, 1, freedom, -difference / Math.Sqrt(v1 + v2));
    }
}
