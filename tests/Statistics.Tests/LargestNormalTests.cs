namespace SmallBatch.Statistics.Tests;

public sealed class LargestNormalTests
{
    [Fact]
    public void Of_standard_normal_values_it_has_the_moments_of_the_tables()
    {
        // 1/√π and 1 − 1/π for two; 0.8463 and 0.5595 for three, 1.5388 and 0.3443 for ten (Teichroew 1956), which the pairs only come near.
        Near(0.5642, 0.6817, 2, 1e-4);
        Near(0.8463, 0.5595, 3, 0.02);
        Near(1.5388, 0.3443, 10, 0.05);

        static void Near(double mean, double variance, int values, double by)
        {
            var found = LargestNormal.Of(Enumerable.Repeat((1000.0, 1.0), values));
            Assert.Equal(1000 + mean, found.Mean, by);
            Assert.Equal(variance, found.Variance, by);
        }
    }

    [Fact]
    public void One_that_is_far_ahead_or_certain_stays_what_it_is()
    {
        Assert.Equal((240.0, 144.0), LargestNormal.Of([(0, 0), (0, 0), (240, 144)]));
        Assert.Equal((7.0, 0.0), LargestNormal.Of([(7, 0), (5, 0)]));
        Assert.Throws<InvalidOperationException>(() => LargestNormal.Of([]));
    }
}
