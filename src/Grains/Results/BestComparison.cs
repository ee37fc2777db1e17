using MathNet.Numerics.Distributions;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Results;

/// <summary>
/// The best mean, and those that cannot be told from it. Each other batch size is compared with the best by Welch's test,
/// one-sided, unequal variances, at 5 % divided by the number of comparisons (Bonferroni), so that the statement holds for
/// all of them at once. It is conservative with few replicas: it may fail to tell apart, but rarely tells apart wrongly.
/// </summary>
internal static class BestComparison
{
    private const double Level = 0.05;

    /// <summary>The best of the candidates and the batch sizes not told from it; a candidate of fewer than two scores is never told apart.</summary>
    public static (int Best, int[] NotToldApart) Of(IReadOnlyList<(int BatchSize, CellSummary Summary)> candidates)
    {
        var best = candidates.OrderByDescending(c => c.Summary.Mean).ThenBy(c => c.BatchSize).First();
        var others = candidates.Where(c => c.BatchSize != best.BatchSize).ToList();
        return (best.BatchSize, [.. others.Where(o => !IsWorse(o.Summary, best.Summary, Level / others.Count)).Select(o => o.BatchSize).Order()]);
    }

    /// <summary>Whether <paramref name="other"/> is worse at this level.</summary>
    internal static bool IsWorse(CellSummary other, CellSummary best, double level)
    {
        if (best.StandardDeviation is not { } s1 || other.StandardDeviation is not { } s2)
        {
            return false;
        }

        var (v1, v2) = (s1 * s1 / Scores(best), s2 * s2 / Scores(other));
        var difference = best.Mean!.Value - other.Mean!.Value;
        if (v1 + v2 == 0)
        {
            // No spread at all on either side: any difference is one.
            return difference > 0;
        }

        // Welch–Satterthwaite degrees of freedom.
        var freedom = (v1 + v2) * (v1 + v2) / ((v1 * v1 / (Scores(best) - 1)) + (v2 * v2 / (Scores(other) - 1)));
        return 1 - StudentT.CDF(0, 1, freedom, difference / Math.Sqrt(v1 + v2)) < level;
    }

    private static int Scores(CellSummary summary) => summary.Trained + summary.Untrained;
}
