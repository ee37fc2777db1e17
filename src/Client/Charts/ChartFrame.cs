using System.Globalization;

namespace SmallBatch.Client.Charts;

/// <summary>The axes of a chart of accuracies in per cent: where values stand on the canvas, and what is written beside them.</summary>
internal sealed class ChartFrame
{
    private const int Gutter = 8, Rows = 16, Below = 2;
    private static readonly double[] Steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20];
    private readonly double low, step, left, right;
    private readonly int ticks;

    /// <summary>A frame around the values, places from <paramref name="left"/> to <paramref name="right"/> across.</summary>
    public ChartFrame(int width, IReadOnlyCollection<double> values, double left, double right)
    {
        var (least, most) = (values.Min(), values.Max());
        step = Steps.FirstOrDefault(s => (Math.Ceiling(most / s) - Math.Floor(least / s)) * 3 <= Rows, Steps[^1]);
        low = Math.Floor(least / step) * step;
        ticks = Math.Max(1, (int)Math.Round((Math.Ceiling(most / step) * step - low) / step));
        (this.left, this.right) = left < right ? (left, right) : (left - 1, right + 1);
        Canvas = new(width, Rows + Below);
        for (var tick = 0; tick <= ticks; tick++)
        {
            var row = (int)Math.Round(Row(low + (tick * step)));
            Canvas.Write(row, 0, (low + (tick * step)).ToString(step < 1 ? "F1" : "F0", CultureInfo.InvariantCulture).PadLeft(Gutter - 2));
        }

        for (var row = 0; row < Rows; row++)
        {
            Canvas.Write(row, Gutter - 1, Enumerable.Range(0, ticks + 1).Any(t => (int)Math.Round(Row(low + (t * step))) == row) ? "┤" : "│");
        }

        Canvas.Write(Rows, Gutter - 1, "└" + new string('─', width - Gutter));
    }

    /// <summary>What is drawn on.</summary>
    public ChartCanvas Canvas { get; }

    /// <summary>The row of an accuracy.</summary>
    public double Row(double value) => (Rows - 1) * (1 - ((value - low) / (ticks * step)));

    /// <summary>The column of a place.</summary>
    public double Column(double place) => Gutter + 1 + ((Canvas.Width - Gutter - 6) * (place - left) / (right - left));

    /// <summary>Ticks and labels below; a label that would touch the one before is left out.</summary>
    public void Label(IEnumerable<(double Place, string Text)> labels)
    {
        var free = 0;
        foreach (var (place, text) in labels)
        {
            var column = (int)Math.Round(Column(place));
            var first = Math.Min(column - (text.Length / 2), Canvas.Width - text.Length);
            if (first >= free)
            {
                Canvas.Write(Rows, column, "┴");
                Canvas.Write(Rows + 1, first, text);
                free = first + text.Length + 1;
            }
        }
    }
}
