using MathNet.Numerics.Distributions;

namespace SmallBatch.Statistics;

/// <summary>
/// The confidence interval of a mean by Student's t: x̄ ± t(n − 1; (1 + level)/2)·s/√n. Exact for normal scores at every n
/// (Student 1908), which is why it serves from two scores on.
/// </summary>
public static class StudentInterval
{
    /// <summary>The interval at this level, above 0 and below 1; null below two scores.</summary>
    public static Interval? Of(Sample sample, double level)
    {
        if (sample.Count < 2)
        {
            return null;
        }

        var half = StudentT.InvCDF(0, 1, sample.Count - 1, (1 + level) / 2) * Math.Sqrt(sample.VarianceOfMean);
        return new(sample.Mean - half, sample.Mean + half);
    }
}
