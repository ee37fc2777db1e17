using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Tests;

public sealed class DurationFitTests
{
    [Fact]
    public void Nothing_measured_is_the_prediction_with_an_uncertainty_that_nobody_knows()
    {
        Assert.Equal(new(1, null, 0), DurationFit.Of([]));
        var one = DurationFit.Of([(10, 30)]);
        Assert.Equal((3d, null), (one.Scale, Deviation(one, 10)));
    }

    [Fact]
    public void Durations_as_predicted_but_for_one_factor_leave_no_uncertainty() => Assert.Equal(0, Deviation(DurationFit.Of([(10, 20), (30, 60), (5, 10)]), 100)!.Value, 9);

    [Fact]
    public void The_deviation_is_that_of_the_ratio_model()
    {
        // k = 60/30 = 2; the residuals are 4 and −4, so σ² = 16/10 + 16/20 = 2.4; √(2.4 · 60 · (1 + 60/30)) = √432.
        var fit = DurationFit.Of([(10, 24), (20, 36)]);
        Assert.Equal((2d, 2.4), (fit.Scale, Math.Round(fit.Variance!.Value, 12)));
        Assert.Equal(Math.Sqrt(432), Deviation(fit, 60)!.Value, 9);
    }

    /// <summary>Sums that are foretold from eight measured durations are wrong by as much on average as the formula says, and σ² is met on average.</summary>
    [Fact]
    public void It_is_as_large_as_predictions_are_wrong()
    {
        var chance = new Random(4);
        double Duration(double predicted) => (3 * predicted) + (Math.Sqrt(predicted) * 2 * Normal(chance));
        double[] ran = [4, 8, 16, 32, 4, 8, 16, 32];
        double[] left = [64, 64, 32, 32, 16, 16, 8, 8, 4, 4];
        const int worlds = 4000;
        var squares = Enumerable.Range(0, worlds).Average(_ =>
        {
            var fit = DurationFit.Of([.. ran.Select(p => (p, Duration(p)))]);
            return Math.Pow(left.Sum(Duration) - (fit.Scale * left.Sum()), 2);
        });
        var variance = 4 * left.Sum() * (1 + (left.Sum() / ran.Sum()));
        Assert.InRange(squares / variance, 0.93, 1.07);
        Assert.InRange(Enumerable.Range(0, worlds).Average(_ => DurationFit.Of([.. ran.Select(p => (p, Duration(p)))]).Variance!.Value), 3.8, 4.2);
    }

    private static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());

    /// <summary>Of one training on one slot.</summary>
    private static double? Deviation(DurationFit fit, double predicted) => new SlotSchedule(1, [fit.Scale * predicted]).LastFree(fit, unplanned: 0).Deviation;
}
