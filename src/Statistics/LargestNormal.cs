using MathNet.Numerics.Distributions;

namespace SmallBatch.Statistics;

/// <summary>
/// The largest of independent normal values: two at a time, the larger of them taken for normal again (C. E. Clark, The greatest of a finite set of random variables,
/// Operations Research 9 (1961) 145–162). Exact for two.
/// </summary>
public static class LargestNormal
{
    /// <summary>Its mean and variance. Throws <see cref="InvalidOperationException"/> where there is none.</summary>
    public static (double Mean, double Variance) Of(IEnumerable<(double Mean, double Variance)> values) => values.OrderBy(v => v.Mean).Aggregate(Larger);

    private static (double Mean, double Variance) Larger((double Mean, double Variance) a, (double Mean, double Variance) b)
    {
        var spread = Math.Sqrt(a.Variance + b.Variance);
        if (spread == 0)
        {
            return a.Mean > b.Mean ? a : b;
        }

        // Seen from b's mean, so that nothing is lost where both are far from 0.
        var apart = a.Mean - b.Mean;
        var (above, below, density) = (Normal.CDF(0, 1, apart / spread), Normal.CDF(0, 1, -apart / spread), Normal.PDF(0, 1, apart / spread));
        var mean = (apart * above) + (spread * density);
        var square = (((apart * apart) + a.Variance) * above) + (b.Variance * below) + (apart * spread * density);
        return (b.Mean + mean, Math.Max(0, square - (mean * mean)));
    }
}
