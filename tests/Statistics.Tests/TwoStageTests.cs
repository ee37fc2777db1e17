using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace SmallBatch.Statistics.Tests;

public sealed class TwoStageTests
{
    [Theory]
    [InlineData(3, 0.01, 0.005, 1000, 75)] // (4.302653 · 2)² = 74.05, the tables' t for 97.5 % and 2 degrees of freedom
    [InlineData(5, 0.01, 0.005, 1000, 31)] // (2.776445 · 2)² = 30.83
    [InlineData(5, 0.01, 0.005, 20, 20)]
    [InlineData(5, 0.001, 0.005, 20, 5)]
    [InlineData(5, 0, 0.005, 20, 5)]
    public void The_first_deviation_fixes_how_many_there_are(int first, double deviation, double half, int most, int count) =>
        Assert.Equal(count, TwoStage.Count(new(first, 0.9, deviation), half, 0.95, most));

    [Fact]
    public void The_interval_is_as_narrow_as_wanted_and_uses_the_first_deviation_alone()
    {
        var first = new Sample(5, 0.9, 0.01);
        var interval = TwoStage.Interval(first, new(31, 0.92, 0.5), 0.95)!.Value;
        Assert.Equal((0.9150134, 0.9249866), (Math.Round(interval.Low, 7), Math.Round(interval.High, 7)));
        Assert.Null(TwoStage.Interval(new(1, 0.9, double.NaN), new(31, 0.92, 0.5), 0.95));
    }

    [Fact]
    public void It_covers_at_its_level_whatever_number_it_led_to()
    {
        // Of 4,000 the share that covers lies within 1.4 points of 95 % with four standard errors.
        var random = new MersenneTwister(7);
        var covering = 0;
        for (var sweep = 0; sweep < 4000; sweep++)
        {
            var first = Draw(4);
            var all = first.Concat(Draw(TwoStage.Count(Sample.Of(first), 0.01, 0.95, 500) - 4)).ToArray();
            var interval = TwoStage.Interval(Sample.Of(first), Sample.Of(all), 0.95)!.Value;
            Assert.True(interval.High - interval.Low <= 0.02 + 1e-12);
            covering += interval.Low <= 0.9 && 0.9 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covering / 4000.0, 0.936, 1);

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Normal.Sample(random, 0.9, 0.012))];
    }
}
