using System.Globalization;
using ScottPlot;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;

namespace SmallBatch.Pictures;

/// <summary>m × η̃: mean accuracy as colour and number, and the boundary beyond which seeds diverge.</summary>
internal static class HeatMap
{
    /// <summary>Beyond so many columns or rows numbers no longer fit into the cells.</summary>
    private const int MostColumns = 14, MostRows = 13;
    private static readonly ScottPlot.Colormaps.Viridis Colours = new();

    /// <summary>Draws it; a reason where there is nothing to draw.</summary>
    public static (Plot?, string) Draw(SweepFigures sweep)
    {
        if (sweep.Grid.Count == 0)
        {
            return (null, "the sweep has no cell");
        }

        var plot = Canvas.Create($"{sweep.Title}{sweep.Unfinished}", Canvas.RateAxis, "batch size m, images");
        var boxes = Boxes(sweep);
        var means = boxes.Select(b => SweepFigures.Mean(b.Cell)).OfType<double>().ToList();
        var scale = new Scale(means.DefaultIfEmpty(0).Min(), means.DefaultIfEmpty(0).Max());
        var numbered = sweep.BatchSizes.Count <= MostRows && sweep.Grid.Select(c => c.BaseLearningRate).Distinct().Count() <= MostColumns;
        foreach (var box in boxes)
        {
            Fill(plot, box, scale, numbered);
        }

        Boundary(plot, boxes);
        plot.Grid.IsVisible = false;
        plot.TicksLeft(([.. Enumerable.Range(0, sweep.BatchSizes.Count).Select(i => (double)i)], [.. sweep.BatchSizes.Select(m => m.ToString(CultureInfo.InvariantCulture))]));
        plot.TicksBelow(Axis.PowerTicks(boxes.Min(b => b.Center), boxes.Max(b => b.Center)));
        plot.Axes.SetLimits(boxes.Min(b => b.Left), boxes.Max(b => b.Right), -0.5, sweep.BatchSizes.Count - 0.5);
        var bar = plot.Add.ColorBar(scale);
        bar.Label = Canvas.Accuracy(sweep.GridSplit);
        bar.LabelStyle.FontSize = 15;
        bar.LabelStyle.Bold = false;
        bar.Axis.TickLabelStyle.FontSize = 14;
        return (plot, $"Mean {sweep.GridSplit} accuracy over the finite seeds. t trained, u untrained (not above chance), d diverged, … not complete{(sweep.Grid.Any(c => c.LeftOutAfter is not null) ? ", – left out after a shorter budget" : "")}. The black line is the boundary beyond which seeds diverge.");
    }

    private static List<Box> Boxes(SweepFigures sweep)
    {
        var boxes = new List<Box>();
        for (var row = 0; row < sweep.BatchSizes.Count; row++)
        {
            var cells = sweep.Grid.Where(c => c.BatchSize == sweep.BatchSizes[row]).Select(c => (Cell: c, At: Axis.Log2(c.BaseLearningRate))).OrderBy(c => c.At).ToList();
            for (var i = 0; i < cells.Count; i++)
            {
                var before = i > 0 ? (cells[i].At - cells[i - 1].At) / 2 : i + 1 < cells.Count ? (cells[1].At - cells[0].At) / 2 : 0.5;
                var after = i + 1 < cells.Count ? (cells[i + 1].At - cells[i].At) / 2 : before;
                boxes.Add(new(cells[i].Cell, row, cells[i].At, cells[i].At - before, cells[i].At + after));
            }
        }

        return boxes;
    }

    private static void Fill(Plot plot, Box box, Scale scale, bool numbered)
    {
        var mean = SweepFigures.Mean(box.Cell);
        var color = box.Cell.Complete && mean is { } m ? scale.At(m) : Color.FromHex("#F2F2F2");
        var rectangle = plot.Add.Rectangle(box.Left, box.Right, box.Row - 0.5, box.Row + 0.5);
        rectangle.FillColor = color;
        rectangle.LineColor = Colors.White;
        rectangle.LineWidth = numbered ? 1 : 0;
        if (numbered)
        {
            var text = plot.Add.Text(Label(box.Cell, mean), box.Center + ((box.Left + box.Right - (2 * box.Center)) / 2), box.Row);
            text.LabelAlignment = Alignment.MiddleCenter;
            text.LabelFontSize = box.Right - box.Left < 1.5 ? 13 : 14;
            text.LabelFontName = PictureFont.Name;
            text.LabelFontColor = (0.299 * color.R) + (0.587 * color.G) + (0.114 * color.B) > 140 ? Colors.Black : Colors.White;
        }
    }

    private static string Label(CellSummary cell, double? mean)
    {
        if (!cell.Complete)
        {
            return cell.LeftOutAfter is null ? "…" : cell.Diverged > 0 ? $"{cell.Diverged}d" : "–";
        }

        var marks = cell.Trained == cell.Replicas ? "" : string.Join(" ", new[] { (cell.Trained, "t"), (cell.Untrained, "u"), (cell.Diverged, "d") }.Where(m => m.Item1 > 0).Select(m => $"{m.Item1}{m.Item2}"));
        return string.Join('\n', new[] { mean?.ToString("F1", CultureInfo.InvariantCulture) ?? "", marks }.Where(t => t.Length > 0));
    }

    /// <summary>A line between each cell with a diverged seed and each neighbour without one.</summary>
    private static void Boundary(Plot plot, List<Box> boxes)
    {
        var known = boxes.Where(b => b.Cell.Complete || b.Cell is { LeftOutAfter: not null, Diverged: > 0 }).ToList();
        foreach (var diverged in known.Where(b => b.Cell.Diverged > 0))
        {
            foreach (var other in known.Where(b => b.Cell.Diverged == 0))
            {
                if (other.Row == diverged.Row && (Close(other.Right, diverged.Left) || Close(other.Left, diverged.Right)))
                {
                    var at = Close(other.Right, diverged.Left) ? diverged.Left : diverged.Right;
                    Edge(at, at, other.Row - 0.5, other.Row + 0.5);
                }
                else if (Math.Abs(other.Row - diverged.Row) == 1 && Math.Min(other.Right, diverged.Right) - Math.Max(other.Left, diverged.Left) > 1e-9)
                {
                    var at = (other.Row + diverged.Row) / 2.0;
                    Edge(Math.Max(other.Left, diverged.Left), Math.Min(other.Right, diverged.Right), at, at);
                }
            }
        }

        static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

        void Edge(double left, double right, double bottom, double top)
        {
            var line = plot.Add.Line(left, bottom, right, top);
            line.LineWidth = 4;
            line.LineColor = Colors.Black;
            line.MarkerSize = 0;
        }
    }

    private sealed record Box(CellSummary Cell, int Row, double Center, double Left, double Right);

    private sealed class Scale(double low, double high) : IHasColorAxis
    {
        public IColormap Colormap => Colours;

        public Color At(double value) => Colours.GetColor(high > low ? (value - low) / (high - low) : 0.5);

        public ScottPlot.Range GetRange() => high > low ? new(low, high) : new(low - 0.5, high + 0.5);
    }
}
