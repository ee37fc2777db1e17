using MathNet.Numerics.Distributions;

namespace SmallBatch.Statistics;

/// <summary>
/// Stein's two-stage procedure (Stein 1945): the deviation of a first sample fixes how many scores there are in all, so that
/// the interval of their mean is as narrow as wanted. The interval uses that first deviation alone, which is why it covers
/// exactly, whatever number it led to.
/// </summary>
public static class TwoStage
{
    /// <summary>
    /// The least n, from the first sample's own count to <paramref name="most"/>, at which half the interval's width,
    /// t(n₀ − 1)·s₀/√n, is not above <paramref name="halfWidth"/>.
    /// </summary>
    /// <param name="first">The first sample, of at least two scores.</param>
    /// <param name="halfWidth">Above 0.</param>
    /// <param name="level">Above 0 and below 1.</param>
    /// <param name="most">The most that may be asked for.</param>
    public static int Count(Sample first, double halfWidth, double level, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first.Count, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(halfWidth);
        var wanted = Math.Ceiling(Math.Pow(Quantile(first, level) * first.StandardDeviation / halfWidth, 2) - 1e-9);
        return (int)Math.Clamp(wanted, first.Count, Math.Max(first.Count, most));
    }

    /// <summary>The interval of the mean of all scores, the first ones among them: x̄ₙ ± t(n₀ − 1)·s₀/√n; null where the first sample has fewer than two.</summary>
    public static Interval? Interval(Sample first, Sample all, double level)
    {
        if (first.Count < 2)
        {
            return null;
        }

        var half = Quantile(first, level) * first.StandardDeviation / Math.Sqrt(all.Count);
        return new(all.Mean - half, all.Mean + half);
    }

    private static double Quantile(Sample first, double level) => StudentT.InvCDF(0, 1, first.Count - 1, (1 + level) / 2);
}
