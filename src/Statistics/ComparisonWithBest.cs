using MathNet.Numerics.Statistics;

namespace SmallBatch.Statistics;

/// <summary>How one candidate stands to the best of the others.</summary>
/// <param name="MayBeBest">Whether it cannot be told from the best.</param>
/// <param name="FromBestOfOthers">Interval of μᵢ − max μⱼ over the others, j ≠ i; all candidates' hold together at the level.</param>
/// <param name="Detectable">The smallest true distance from the best that this comparison would show with 80 % probability; null for the best itself.</param>
public sealed record Standing(bool MayBeBest, Interval FromBestOfOthers, double? Detectable);

/// <summary>
/// Hsu's simultaneous comparison with the best (Hsu 1996, chapter 4: constrained intervals, each candidate in turn the control
/// of a one-sided comparison), with unequal variances: pairs are studentised by √(sᵢ²/nᵢ + sⱼ²/nⱼ), and the critical value of
/// each control is the 95 % point of its largest pair statistic, simulated with the observed deviations in the place of the
/// true ones (parametric bootstrap; Krishnamoorthy, Lu and Mathew 2007). Where the deviations fixed how many scores there are
/// (<see cref="TwoStage"/>), each mean less its true one, over s₀/√n, is Student's t by itself, and the critical values are those of
/// differences of such t (Dudewicz and Dalal 1975).
/// </summary>
public static class ComparisonWithBest
{
    private const double Power = 0.8;

    /// <summary>The standing of each of at least two candidates; null where one has fewer than two scores, since nothing is known of its spread.</summary>
    /// <param name="candidates">Their samples.</param>
    /// <param name="level">Probability that all that is said holds, above 0 and below 1.</param>
    /// <param name="twoStage">Whether the deviations fixed how many scores each has; they are then of as many scores as the samples count.</param>
    public static IReadOnlyList<Standing>? Of(IReadOnlyList<Sample> candidates, double level, bool twoStage = false)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates.Count, 2);
        if (candidates.Any(c => c.Count < 2))
        {
            return null;
        }

        var draws = candidates.Select((c, place) => twoStage ? DrawTwoStage(c, place) : Draw(c, place)).ToArray();
        var critical = Enumerable.Range(0, candidates.Count).Select(i => CriticalValue(draws, i, level)).ToArray();
        var best = Enumerable.Range(0, candidates.Count).MaxBy(i => candidates[i].Mean);
        var upper = Enumerable.Range(0, candidates.Count).Select(i => Others(i).Min(j => candidates[i].Mean - candidates[j].Mean + Width(i, j, i))).ToArray();
        var contenders = Enumerable.Range(0, candidates.Count).Where(i => upper[i] >= 0).ToArray();
        return [.. Enumerable.Range(0, candidates.Count).Select(i => new Standing(upper[i] >= 0, new(Lower(i), Math.Max(0, upper[i])), i == best ? null : Detectable(draws[i], draws[best], critical[i])))];

        IEnumerable<int> Others(int i) => Enumerable.Range(0, candidates.Count).Where(j => j != i);

        double Width(int i, int j, int control) => critical[control] * Math.Sqrt(candidates[i].VarianceOfMean + candidates[j].VarianceOfMean);

        // Of those that may be the best one is: whichever it is, i is at most this much behind it.
        double Lower(int i) => contenders.Where(j => j != i).Select(j => Math.Min(0, candidates[i].Mean - candidates[j].Mean - Width(i, j, j))).DefaultIfEmpty(0).Min();
    }

    /// <summary>The 95 % point of max over j of (x̄ⱼ − x̄ᵢ)/√(sᵢ²/nᵢ + sⱼ²/nⱼ) where all true means are equal.</summary>
    private static double CriticalValue((double[] Means, double[] Variances)[] draws, int control, double level)
    {
        var largest = new double[StandardDraws.Count];
        Array.Fill(largest, double.NegativeInfinity);
        foreach (var (means, variances) in draws.Where((_, j) => j != control))
        {
            for (var d = 0; d < largest.Length; d++)
            {
                var variance = draws[control].Variances[d] + variances[d];
                var statistic = variance > 0 ? (means[d] - draws[control].Means[d]) / Math.Sqrt(variance) : 0;
                largest[d] = Math.Max(largest[d], statistic);
            }
        }

        return ArrayStatistics.QuantileInplace(largest, level);
    }

    /// <summary>A distance δ is shown where (x̄_best − x̄ᵢ + δ) exceeds the critical value times its standard error: in 80 % of the draws below this one.</summary>
    private static double Detectable((double[] Means, double[] Variances) other, (double[] Means, double[] Variances) best, double critical)
    {
        var needed = new double[StandardDraws.Count];
        for (var d = 0; d < needed.Length; d++)
        {
            needed[d] = (critical * Math.Sqrt(best.Variances[d] + other.Variances[d])) - (best.Means[d] - other.Means[d]);
        }

        return ArrayStatistics.QuantileInplace(needed, Power);
    }

    private static (double[] Means, double[] Variances) Draw(Sample candidate, int place)
    {
        var standard = StandardDraws.Of(place, candidate.Count);
        var variance = candidate.VarianceOfMean;
        return ([.. standard.Means.Select(z => z * Math.Sqrt(variance))], [.. standard.Variances.Select(c => c * variance)]);
    }

    /// <summary>Means that are Student's t of the observed variance, which does not vary.</summary>
    private static (double[] Means, double[] Variances) DrawTwoStage(Sample candidate, int place)
    {
        var standard = StandardDraws.Of(place, candidate.Count);
        var variance = candidate.VarianceOfMean;
        return ([.. standard.Means.Zip(standard.Variances, (z, c) => z * Math.Sqrt(variance / c))], [.. standard.Variances.Select(_ => variance)]);
    }
}
