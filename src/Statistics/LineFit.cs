using MathNet.Numerics;

namespace SmallBatch.Statistics;

/// <summary>A straight line through points by least squares.</summary>
/// <param name="Slope">Its slope.</param>
/// <param name="Intercept">Its height at 0.</param>
public readonly record struct LineFit(double Slope, double Intercept)
{
    /// <summary>The line; null below two different places.</summary>
    public static LineFit? Of(IReadOnlyList<double> xs, IReadOnlyList<double> ys)
    {
        ArgumentNullException.ThrowIfNull(xs);
        ArgumentNullException.ThrowIfNull(ys);
        if (xs.Distinct().Count() < 2)
        {
            return null;
        }

        var (intercept, slope) = Fit.Line([.. xs], [.. ys]);
        return new(slope, intercept);
    }
}
