using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace SmallBatch.Statistics;

/// <summary>
/// What another test set of the same size and kind could have said of the same trained networks. Each image has the share of
/// replicas that were right on it; images are independent, so the mean of the shares has the standard error s/√T. Two batch
/// sizes are compared image by image, on the differences of their shares: what is hard for one is mostly hard for the other.
/// </summary>
public static class TestImages
{
    /// <summary>The share of replicas that were right, one an image.</summary>
    /// <param name="correct">For each replica one bit an image, the first in the lowest bit of the first byte.</param>
    /// <param name="images">How many images; each replica needs as many bits.</param>
    public static double[] Shares(IReadOnlyList<byte[]> correct, int images)
    {
        ArgumentNullException.ThrowIfNull(correct);
        var shares = new double[images];
        foreach (var bits in correct)
        {
            for (var i = 0; i < images; i++)
            {
                shares[i] += ((bits[i / 8] >> (i % 8)) & 1) / (double)correct.Count;
            }
        }

        return shares;
    }

    /// <summary>Half the width of the mean share's normal interval at this level; at least two images.</summary>
    public static double HalfWidth(double[] shares, double level) =>
        Normal.InvCDF(0, 1, (1 + level) / 2) * shares.StandardDeviation() / Math.Sqrt(shares.Length);

    /// <summary>The normal interval of <paramref name="first"/> − <paramref name="second"/> over the same images.</summary>
    public static Interval Difference(double[] first, double[] second, double level)
    {
        var differences = first.Zip(second, (a, b) => a - b).ToArray();
        var (mean, half) = (differences.Mean(), HalfWidth(differences, level));
        return new(mean - half, mean + half);
    }
}
