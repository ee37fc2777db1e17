using ScottPlot;

namespace SmallBatch.Pictures.Drawing;

/// <summary>Lines and their error bars.</summary>
internal static class Lines
{
    /// <summary>A line with markers and an entry in the legend.</summary>
    public static void Series(this Plot plot, double[] xs, double[] ys, string label, SeriesStyle style, float markers = 9)
    {
        var line = plot.Add.Scatter(xs, ys, style.Color);
        line.LegendText = label;
        line.LineWidth = 2;
        line.MarkerShape = style.Marker;
        line.MarkerSize = markers;
    }

    /// <summary>Vertical bars around points; those without width are left out.</summary>
    public static void Bars(this Plot plot, double[] xs, double[] ys, double[] halfWidths, Color color)
    {
        var wide = Enumerable.Range(0, xs.Length).Where(i => halfWidths[i] > 0).ToList();
        if (wide.Count > 0)
        {
            var bars = plot.Add.ErrorBar([.. wide.Select(i => xs[i])], [.. wide.Select(i => ys[i])], [.. wide.Select(i => halfWidths[i])]);
            bars.Color = color;
            bars.LineWidth = 1.5f;
        }
    }
}
