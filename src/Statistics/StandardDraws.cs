using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace SmallBatch.Statistics;

/// <summary>
/// Draws of a sample's mean and variance, in units of its own: mean z, standard normal, and variance χ²(n − 1)/(n − 1). Seeded,
/// so that the same data have the same critical values at every call; made once for each place in a comparison and each n.
/// </summary>
internal sealed class StandardDraws
{
    /// <summary>Draws: the 95 % point is then known to about 1 %.</summary>
    public const int Count = 20_000;

    private const int Seed = 19_470_101;
    private static readonly ConcurrentDictionary<(int Place, int Scores), StandardDraws> Made = [];

    private StandardDraws(int place, int scores)
    {
        var random = new MersenneTwister(Seed + place + (1_000 * scores));
        Normal.Samples(random, Means, 0, 1);
        // χ²(ν)/ν is a gamma of shape and rate ν/2; the library's χ² would add ν squares up.
        Gamma.Samples(random, Variances, (scores - 1) / 2d, (scores - 1) / 2d);
    }

    /// <summary>Standard normal.</summary>
    public double[] Means { get; } = new double[Count];

    /// <summary>Mean 1.</summary>
    public double[] Variances { get; } = new double[Count];

    /// <summary>Those of a candidate by its place in the comparison and its number of scores, from 2.</summary>
    public static StandardDraws Of(int place, int scores) => Made.GetOrAdd((place, scores), key => new(key.Place, key.Scores));
}
