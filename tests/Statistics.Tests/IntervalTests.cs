namespace SmallBatch.Statistics.Tests;

/// <summary>Against SciPy 1.10.1 (NumPy 1.24.2); the calls stand beside the values.</summary>
public sealed class IntervalTests
{
    private static readonly double[] Scores = [0.912, 0.905, 0.921, 0.899, 0.917, 0.908, 0.915, 0.870, 0.911, 0.909, 0.918, 0.902];

    [Fact]
    public void Mean_and_deviation_are_those_of_the_sample()
    {
        // numpy.mean(x), numpy.std(x, ddof=1)
        var sample = Sample.Of(Scores);
        Assert.Equal(12, sample.Count);
        Assert.Equal(0.90725, sample.Mean, 12);
        Assert.Equal(0.013444329659748762, sample.StandardDeviation, 12);
    }

    [Fact]
    public void Students_interval_is_SciPys()
    {
        // scipy.stats.t.interval(0.95, 11, numpy.mean(x), scipy.stats.sem(x))
        var interval = StudentInterval.Of(Sample.Of(Scores), 0.95)!.Value;
        Assert.Equal(0.8987078804677491, interval.Low, 10);
        Assert.Equal(0.9157921195322509, interval.High, 10);
    }

    [Fact]
    public void One_score_has_no_interval() => Assert.Null(StudentInterval.Of(Sample.Of([0.9]), 0.95));

    [Fact]
    public void The_bootstrap_interval_is_SciPys()
    {
        // scipy.stats.bootstrap((x,), numpy.mean, n_resamples=999999, method='BCa', random_state=1): 0.89608, 0.91242, where
        // method='percentile' gives 0.89908, 0.91342. Ours draws 9,999 times: the ends differ by chance, by some 0.0002.
        var interval = BootstrapInterval.Of(Scores, 0.95)!.Value;
        Assert.Equal(0.89608, interval.Low, 0.0006);
        Assert.Equal(0.91242, interval.High, 0.0003);
    }

    [Fact]
    public void The_bootstrap_answers_the_same_every_time_and_not_below_ten_scores()
    {
        Assert.Equal(BootstrapInterval.Of(Scores, 0.95), BootstrapInterval.Of(Scores, 0.95));
        Assert.Null(BootstrapInterval.Of(Scores[..9], 0.95));
        Assert.NotNull(BootstrapInterval.Of(Scores[..10], 0.95));
    }

    [Fact]
    public void Equal_scores_have_a_bootstrap_interval_without_width() =>
        Assert.Equal(new Interval(0.5, 0.5), BootstrapInterval.Of([.. Enumerable.Repeat(0.5, 10)], 0.95));

    [Fact]
    public void Welchs_test_is_SciPys()
    {
        // scipy.stats.ttest_ind_from_stats(0.63, 0.01, 3, 0.55, 0.02, 5, equal_var=False, alternative='greater').pvalue
        Assert.Equal(0.00014848959359254273, WelchTest.PValue(new(3, 0.63, 0.01), new(5, 0.55, 0.02)), 10);
    }

    [Fact]
    public void Welchs_test_says_nothing_of_a_single_score() => Assert.Equal(1, WelchTest.PValue(new(1, 0.9, double.NaN), new(5, 0.5, 0.02)));
}
