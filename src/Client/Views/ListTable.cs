using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>
/// A list as a table no wider than the console: columns in which nothing stands are left out first, then spare ones, which are named below; then long text wraps. What
/// still does not fit is printed in full, for the terminal to break: nothing is ever cut. It is written out here, and not by Spectre's table, which takes seconds for the
/// rows of a large sweep.
/// </summary>
internal static class ListTable
{
    /// <summary>The least that a wrapping column is given.</summary>
    private const int LeastWrapped = 20;

    /// <summary>Border and padding of a column; the table has one border more.</summary>
    private const int Frame = 3;

    /// <summary>Prints it.</summary>
    public static void Write<T>(IAnsiConsole console, IReadOnlyCollection<T> items, IReadOnlyList<Column<T>> columns)
    {
        var all = columns.Select(c => new Shown(c.Name, c.Spare, c.Wraps, [.. items.Select(i => Show(c.Value(i)))])).ToList();
        var shown = all.ToList();
        while (IsTooWide() && items.Count > 0 && shown.FindLast(c => c.IsEmpty) is { } empty)
        {
            shown.Remove(empty);
        }

        while (IsTooWide() && shown.MaxBy(c => c.Spare) is { Spare: > 0 } spare)
        {
            shown.Remove(spare);
        }

        console.Profile.Out.Writer.Write(Text(shown, items.Count, console.Profile.Width, console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii));
        if (all.Except(shown).Where(c => !c.IsEmpty).Select(c => c.Name).ToList() is { Count: > 0 } left)
        {
            Output.Prose(console, $"Left out on {console.Profile.Width} columns: {string.Join(", ", left)}; a wider terminal, -o csv and -o json have them.");
        }

        bool IsTooWide() => shown.Sum(c => Frame + c.LeastWidth) + 1 > console.Profile.Width;
    }

    private static string Text(List<Shown> columns, int rows, int most, TableBorder border)
    {
        var widths = Widths(columns, most);
        var text = new StringBuilder();
        Rule(TableBorderPart.HeaderTopLeft, TableBorderPart.HeaderTop, TableBorderPart.HeaderTopSeparator, TableBorderPart.HeaderTopRight);
        Row(c => c.Name);
        Rule(TableBorderPart.HeaderBottomLeft, TableBorderPart.HeaderBottom, TableBorderPart.HeaderBottomSeparator, TableBorderPart.HeaderBottomRight);
        for (var row = 0; row < rows; row++)
        {
            Row(c => c.Values[row]);
        }

        Rule(TableBorderPart.FooterBottomLeft, TableBorderPart.FooterBottom, TableBorderPart.FooterBottomSeparator, TableBorderPart.FooterBottomRight);
        return text.ToString();

        void Rule(TableBorderPart left, TableBorderPart line, TableBorderPart between, TableBorderPart right) => text
            .Append(border.GetPart(left))
            .AppendJoin(border.GetPart(between), widths.Select(w => string.Concat(Enumerable.Repeat(border.GetPart(line), w + Frame - 1))))
            .AppendLine(border.GetPart(right));

        void Row(Func<Shown, string> value)
        {
            var cells = columns.Select((c, i) => CellText.Lines(value(c), widths[i])).ToList();
            for (var line = 0; line < cells.Max(c => c.Count); line++)
            {
                for (var i = 0; i < cells.Count; i++)
                {
                    var part = line < cells[i].Count ? cells[i][line] : "";
                    text.Append(border.GetPart(i == 0 ? TableBorderPart.CellLeft : TableBorderPart.CellSeparator)).Append(' ').Append(part).Append(' ', widths[i] - CellText.Width(part) + 1);
                }

                text.AppendLine(border.GetPart(TableBorderPart.CellRight));
            }
        }
    }

    /// <summary>As wide as what stands in them; where that is too much, the widest of those that wrap is made narrower first.</summary>
    private static int[] Widths(List<Shown> columns, int most)
    {
        var widths = columns.Select(c => c.Width).ToArray();
        for (var over = widths.Sum() + (Frame * widths.Length) + 1 - most; over > 0; over--)
        {
            var widest = Enumerable.Range(0, widths.Length).Where(i => widths[i] > columns[i].LeastWidth).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : widths[i]);
            if (widest < 0)
            {
                break;
            }

            widths[widest]--;
        }

        return widths;
    }

    private static string Show(object? value) => value switch
    {
        null => "",
        double number => number.ToString("G4", CultureInfo.InvariantCulture),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private sealed record Shown(string Name, int Spare, bool Wraps, IReadOnlyList<string> Values)
    {
        /// <summary>What nothing wraps in.</summary>
        public int Width { get; } = Values.Append(Name).Max(v => v.Split('\n').Max(CellText.Width));

        /// <summary>Whether nothing stands in it, or it has no rows.</summary>
        public bool IsEmpty { get; } = Values.All(v => v.Length == 0);

        /// <summary>What it is given at least.</summary>
        public int LeastWidth => Wraps ? Math.Min(LeastWrapped, Width) : Width;
    }
}
