using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>
/// A list as a table no wider than the console: spare columns are left out first and named below, then long text wraps. What
/// still does not fit is printed in full, for the terminal to break: nothing is ever cut.
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
        while (Width(shown) > console.Profile.Width && shown.MaxBy(c => c.Spare) is { Spare: > 0 } spare)
        {
            shown.Remove(spare);
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in shown)
        {
            var header = new TableColumn(new Text(column.Name));
            table.AddColumn(column.Wraps ? header : header.NoWrap());
        }

        for (var row = 0; row < items.Count; row++)
        {
            table.AddRow([.. shown.Select(c => new Text(c.Values[row]))]);
        }

        Output.Full(console, table, Width(shown));
        if (shown.Count < all.Count)
        {
            Output.Prose(console, $"Left out on {console.Profile.Width} columns: {string.Join(", ", all.Except(shown).Select(c => c.Name))}; a wider terminal, -o csv and -o json have them.");
        }
    }

    private static int Width(IEnumerable<Shown> columns) => columns.Sum(c => Frame + (c.Wraps ? Math.Min(LeastWrapped, c.Width) : c.Width)) + 1;

    private static string Show(object? value) => value switch
    {
        null => "",
        double number => number.ToString("G4", CultureInfo.InvariantCulture),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private sealed record Shown(string Name, int Spare, bool Wraps, IReadOnlyList<string> Values)
    {
        public int Width { get; } = Values.Append(Name).Max(v => v.Split('\n').Max(l => new Segment(l).CellCount()));
    }
}
