using ScottPlot;
using ScottPlot.TickGenerators;

namespace SmallBatch.Pictures.Drawing;

/// <summary>What all pictures have in common: font, sizes, grid, axes with units.</summary>
internal static class Canvas
{
    /// <summary>The x axis of a picture over batch sizes.</summary>
    public const string BatchSizeAxis = "batch size m, images (log₂ scale)";

    /// <summary>The axis of base learning rates.</summary>
    public const string RateAxis = "base learning rate η̃ = η/m (log₂ scale)";

    /// <summary>The axis of accuracies.</summary>
    public const string AccuracyAxis = "test accuracy, %";

    /// <summary>The axis of accuracies on a split.</summary>
    public static string Accuracy(string split) => $"{split} accuracy, %";

    private static readonly Color Ink = Color.FromHex("#222222");

    /// <summary>An empty picture with a title and two axes.</summary>
    public static Plot Create(string title, string x, string y)
    {
        PictureFont.Install();
        var plot = new Plot();
        plot.Font.Set(PictureFont.Name);
        plot.Title(title, 17);
        plot.XLabel(x, 15);
        plot.YLabel(y, 15);
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.Label.Bold = false;
            axis.Label.ForeColor = Ink;
            axis.TickLabelStyle.FontSize = 14;
            axis.TickLabelStyle.ForeColor = Ink;
        }

        plot.Axes.Title.Label.ForeColor = Ink;
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        return plot;
    }

    /// <summary>Ticks of the x axis.</summary>
    public static void TicksBelow(this Plot plot, (double[] At, string[] Labels) ticks) => plot.Axes.Bottom.TickGenerator = new NumericManual(ticks.At, ticks.Labels);

    /// <summary>Ticks of the y axis.</summary>
    public static void TicksLeft(this Plot plot, (double[] At, string[] Labels) ticks) => plot.Axes.Left.TickGenerator = new NumericManual(ticks.At, ticks.Labels);

    /// <summary>A legend beside the picture, where it hides nothing.</summary>
    public static void Legend(this Plot plot)
    {
        var panel = plot.ShowLegend(Edge.Right);
        panel.Legend.FontSize = 14;
        panel.Legend.FontName = PictureFont.Name;
        panel.Legend.OutlineWidth = 0;
        panel.Legend.ShadowColor = Colors.Transparent;
        panel.Legend.SymbolWidth = 34;
    }

    /// <summary>An entry of the legend that no line stands for.</summary>
    public static void Explain(this Plot plot, string text, MarkerShape marker, Color color) =>
        plot.Legend.ManualItems.Add(new() { LabelText = text, MarkerShape = marker, MarkerFillColor = color, MarkerLineColor = color, MarkerSize = 9, LineWidth = 0 });

    /// <summary>Limits of a stretch of values with a margin; a stretch without width is widened.</summary>
    public static (double From, double To) Around(IEnumerable<double> values, double margin)
    {
        var all = values.Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var width = Math.Max(all.Max() - all.Min(), 1e-9);
        var space = width < 1e-6 ? 1 : width * margin;
        return (all.Min() - space, all.Max() + space);
    }
}
