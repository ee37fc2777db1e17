using MathNet.Numerics.Distributions;

namespace SmallBatch.Statistics.Tests;

public sealed class ComparisonWithBestTests
{
    [Fact]
    public void Where_the_deviations_fixed_the_numbers_the_intervals_are_those_of_differences_of_Students_t()
    {
        // The 95 % point of the difference of two t of 2 degrees of freedom, over √2, from other draws (Box and Muller), within ± 0.5 % of probability.
        var random = new Random(3);
        var differences = Enumerable.Range(0, 200_000).Select(_ => (T() - T()) / Math.Sqrt(2)).Order().ToArray();
        var standing = ComparisonWithBest.Of([new(3, 0.6, 0.01), new(3, 0.6, 0.01)], 0.95, twoStage: true)![0];
        var critical = standing.FromBestOfOthers.High / Math.Sqrt(2 * 0.0001 / 3);
        Assert.InRange(critical, differences[189_000], differences[191_000]);
        Assert.True(standing.FromBestOfOthers.High > ComparisonWithBest.Of([new(3, 0.6, 0.01), new(3, 0.6, 0.01)], 0.95)![0].FromBestOfOthers.High);

        double T() => Z() / Math.Sqrt((Math.Pow(Z(), 2) + Math.Pow(Z(), 2)) / 2);

        double Z() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Critical values of the candidates as controls, by NumPy 1.24.2 with 4,000,000 draws of another generator.</summary>
    public static TheoryData<int, double[], double[]> Critical => new()
    {
        { 3, [0.5, 1, 2, 4], [4.040, 3.596, 3.335, 3.123] },
        { 5, [1, 1, 1, 1], [2.464, 2.464, 2.464, 2.463] },
        { 5, [0.5, 1, 2, 4], [2.901, 2.742, 2.577, 2.369] },
    };

    [Theory]
    [MemberData(nameof(Critical))]
    public void Critical_values_are_those_of_an_independent_simulation(int n, double[] deviations, double[] wanted)
    {
        // Of equal means the upper end is the critical value times the smallest standard error of a pair.
        var standings = ComparisonWithBest.Of([.. deviations.Select(s => new Sample(n, 0, s))], 0.95)!;
        for (var i = 0; i < wanted.Length; i++)
        {
            var nearest = Enumerable.Range(0, wanted.Length).Where(j => j != i).Min(j => Math.Sqrt(((deviations[i] * deviations[i]) + (deviations[j] * deviations[j])) / n));
            Assert.Equal(wanted[i], standings[i].FromBestOfOthers.High / nearest, 0.03 * wanted[i]);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    public void Two_candidates_of_equal_deviation_are_compared_by_Students_test(int n)
    {
        var standing = ComparisonWithBest.Of([new(n, 1, 1), new(n, 0, 1)], 0.95)![0];
        var critical = StudentT.InvCDF(0, 1, (2 * n) - 2, 0.95);
        Assert.Equal(1 + (critical * Math.Sqrt(2d / n)), standing.FromBestOfOthers.High, 0.03);
    }

    [Theory]
    [InlineData(1, 1.64)]
    [InlineData(2, 1.92)]
    [InlineData(3, 2.06)]
    [InlineData(4, 2.16)]
    [InlineData(5, 2.23)]
    public void With_many_scores_the_critical_value_is_that_of_Dunnetts_table(int others, double wanted)
    {
        // Dunnett 1955, table 1a: one-sided, joint 95 %, infinite degrees of freedom.
        var standing = ComparisonWithBest.Of([.. Enumerable.Repeat(new Sample(1000, 0, 1), others + 1)], 0.95)![0];
        Assert.Equal(wanted, standing.FromBestOfOthers.High / Math.Sqrt(2d / 1000), 0.03);
    }

    [Theory]
    [InlineData(3, 2.4819)]
    [InlineData(5, 1.7246)]
    [InlineData(10, 1.1563)]
    public void The_smallest_detectable_difference_is_that_of_the_power_of_Students_test(int n, double wanted)
    {
        // R: power.t.test(n, sd = 1, power = 0.8, type = "two.sample", alternative = "one.sided")$delta; the same from
        // scipy.stats.nct.sf(scipy.stats.t.ppf(0.95, 2n − 2), 2n − 2, delta·√(n/2)) = 0.8.
        Assert.Equal(wanted, ComparisonWithBest.Of([new(n, 1, 1), new(n, 0, 1)], 0.95)![1].Detectable!.Value, 0.03);
    }

    [Fact]
    public void A_clear_best_is_alone_and_bounded_from_below_by_nothing_but_itself()
    {
        var standings = ComparisonWithBest.Of([new(5, 0.9, 0.01), new(5, 0.8, 0.02), new(5, 0.7, 0.01)], 0.95)!;
        Assert.Equal([true, false, false], standings.Select(s => s.MayBeBest));
        Assert.Equal(0, standings[0].FromBestOfOthers.Low);
        Assert.Equal(0, standings[1].FromBestOfOthers.High);
        Assert.True(standings[1].FromBestOfOthers.Low is < -0.1 and > -0.15);
        Assert.Null(standings[0].Detectable);
    }

    [Fact]
    public void One_with_a_large_spread_may_be_the_best_though_another_with_a_higher_mean_may_not()
    {
        var standings = ComparisonWithBest.Of([new(5, 0.90, 0.001), new(5, 0.89, 0.001), new(5, 0.85, 0.1)], 0.95)!;
        Assert.Equal([true, false, true], standings.Select(s => s.MayBeBest));
    }

    [Fact]
    public void Equal_candidates_without_any_spread_are_tied() =>
        Assert.All(ComparisonWithBest.Of([new(3, 1, 0), new(3, 1, 0)], 0.95)!, s => Assert.True(s.MayBeBest));

    [Fact]
    public void A_single_score_allows_no_comparison() => Assert.Null(ComparisonWithBest.Of([new(1, 0.9, double.NaN), new(5, 0.1, 0.01)], 0.95));
}
