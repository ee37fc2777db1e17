using System.Globalization;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Pictures.Drawing;

/// <summary>Places and labels on logarithmic axes: everything stands at its logarithm to base 2.</summary>
internal static class Axis
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>Most ticks that fit below a picture.</summary>
    private const int MostTicks = 14;

    /// <summary>log₂ of a base learning rate's canonical text; NaN where it is none.</summary>
    public static double Log2(string rate) => BaseLearningRate.TryParse(rate, out var value) ? Math.Log2(value!.Value) : double.NaN;

    /// <summary>A base learning rate as people write it: 2⁻⁸ for 2^-8.</summary>
    public static string Label(string rate) => rate.StartsWith("2^", StringComparison.Ordinal) && int.TryParse(rate.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
        ? Power(exponent)
        : rate;

    /// <summary>Ticks at powers of two over a stretch of log₂ values, thinned until they fit.</summary>
    public static (double[] At, string[] Labels) PowerTicks(double from, double to)
    {
        var (first, last) = ((int)Math.Ceiling(from - 1e-9), (int)Math.Floor(to + 1e-9));
        var step = Math.Max(1, (last - first + MostTicks) / MostTicks);
        var exponents = Enumerable.Range(first, Math.Max(1, last - first + 1)).Where(e => (e - first) % step == 0).ToArray();
        return ([.. exponents.Select(e => (double)e)], [.. exponents.Select(Power)]);
    }

    /// <summary>Ticks at whole numbers, a power of two or not, at their log₂, thinned until they fit.</summary>
    public static (double[] At, string[] Labels) NumberTicks(IEnumerable<int> numbers)
    {
        var all = numbers.Distinct().Order().ToArray();
        var step = Math.Max(1, (all.Length + MostTicks - 1) / MostTicks);
        var shown = all.Where((_, i) => i % step == 0).ToArray();
        return ([.. shown.Select(n => Math.Log2(n))], [.. shown.Select(n => n.ToString(CultureInfo.InvariantCulture))]);
    }

    private static string Power(int exponent)
    {
        var digits = Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).Select(d => Superscripts[d - '0']);
        return $"2{(exponent < 0 ? "⁻" : "")}{string.Concat(digits)}";
    }
}
