namespace SmallBatch.Statistics.Tests;

public sealed class LineFitTests
{
    [Fact]
    public void A_line_through_scattered_points_is_that_of_least_squares()
    {
        // Anscombe's first set (1973): y = 3.00 + 0.500 x.
        var fit = LineFit.Of([10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5], [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])!.Value;
        Assert.Equal(0.50009, fit.Slope, 1e-5);
        Assert.Equal(3.00009, fit.Intercept, 1e-5);
    }

    [Fact]
    public void Points_at_one_place_have_no_line()
    {
        Assert.Null(LineFit.Of([1, 1], [2, 3]));
        Assert.Null(LineFit.Of([], []));
    }
}
