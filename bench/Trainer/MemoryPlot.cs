using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace SmallBatch.Bench.Trainer;

/// <summary>Resident memory over time, as a table of commas and a drawing of it.</summary>
internal static class MemoryPlot
{
    private const string Head = "minute,resident MB";

    /// <summary>Writes <c>trainer-memory.csv</c> and draws it.</summary>
    public static void Write(string folder, IReadOnlyList<(double Minute, double Megabytes)> points)
    {
        var table = Path.Combine(Directory.CreateDirectory(folder).FullName, "trainer-memory.csv");
        File.WriteAllLines(table, points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Minute:F0},{p.Megabytes:F0}")).Prepend(Head));
        Draw(table);
    }

    /// <summary>Draws a table beside it, as SVG. The axis of memory begins at 0.</summary>
    public static void Draw(string table)
    {
        var series = new LineSeries { MarkerType = MarkerType.Circle, MarkerSize = 3, StrokeThickness = 2 };
        series.Points.AddRange(File.ReadLines(table).Skip(1).Select(l => l.Split(',')).Select(f => new DataPoint(
            double.Parse(f[0], CultureInfo.InvariantCulture), double.Parse(f[1], CultureInfo.InvariantCulture))));
        var plot = new PlotModel { Title = "Trainer: ResNet-8, m = 8, 5 replicas, augmented", TitleFontSize = 14, DefaultFont = "sans-serif", Padding = new(8, 20, 16, 8), Background = OxyColors.White };
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "time, minutes", Minimum = 0, MajorGridlineStyle = LineStyle.Dot });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "resident memory, MB", Minimum = 0, Maximum = 1.25 * series.Points.Max(p => p.Y), MajorGridlineStyle = LineStyle.Dot });
        plot.Series.Add(series);
        var drawing = Path.ChangeExtension(table, ".svg");
        using var file = File.Create(drawing);
        new SvgExporter { Width = 720, Height = 360 }.Export(plot, file);
        Console.WriteLine(drawing);
    }
}
