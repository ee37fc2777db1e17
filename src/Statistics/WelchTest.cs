using MathNet.Numerics.Distributions;

namespace SmallBatch.Statistics;

/// <summary>Welch's test of two means with unequal variances (Welch 1947), one-sided, and the interval of their difference.</summary>
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

        return StudentT.CDF(0, 1, Freedom(better, worse), -difference / Math.Sqrt(v1 + v2));
    }

    /// <summary>
    /// The interval of the difference of the true means, <paramref name="one"/> − <paramref name="other"/>, at this level, above 0 and
    /// below 1; null where a side has fewer than two scores.
    /// </summary>
    public static Interval? Difference(Sample one, Sample other, double level)
    {
        if (one.Count < 2 || other.Count < 2)
        {
            return null;
        }

        var (difference, variance) = (one.Mean - other.Mean, one.VarianceOfMean + other.VarianceOfMean);
        var half = variance == 0 ? 0 : StudentT.InvCDF(0, 1, Freedom(one, other), (1 + level) / 2) * Math.Sqrt(variance);
        return new(difference - half, difference + half);
    }

    /// <summary>Welch–Satterthwaite degrees of freedom.</summary>
    private static double Freedom(Sample one, Sample other)
    {
        var (v1, v2) = (one.VarianceOfMean, other.VarianceOfMean);
        return (v1 + v2) * (v1 + v2) / ((v1 * v1 / (one.Count - 1)) + (v2 * v2 / (other.Count - 1)));
    }
}
