namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Of several runs.</summary>
internal static class Median
{
    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
