using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>One cell's text and how it looks.</summary>
internal sealed record GridCell(string Text, Style Style)
{
    /// <summary>Nothing there.</summary>
    public static GridCell Empty { get; } = new("", Style.Plain);
}

/// <summary>One batch size.</summary>
internal sealed record BatchSizeRow(string Label, IReadOnlyList<GridCell> Cells);

/// <summary>m × η̃: the columns that do not fit the console's width follow in further tables below.</summary>
internal static class GridTable
{
    private const string Corner = "m \\ η̃";

    /// <summary>Cells that <see cref="Corner"/> takes, border and padding of a column.</summary>
    private const int CornerWidth = 5, Frame = 3;

    /// <summary>The tables, left to right; <paramref name="columns"/> are the headers of the rows' cells.</summary>
    public static IReadOnlyList<Table> Of(IReadOnlyList<string> columns, IReadOnlyList<BatchSizeRow> rows, int width)
    {
        var label = Frame + rows.Select(r => Cells(r.Label)).Append(CornerWidth).Max() + 1;
        var tables = new List<Table>();
        for (var from = 0; from < columns.Count || tables.Count == 0;)
        {
            var (to, used) = (from, label);
            while (to < columns.Count && (to == from || used + ColumnWidth(to) <= width))
            {
                used += ColumnWidth(to++);
            }

            tables.Add(Part(columns, rows, from, to));
            from = to;
        }

        return tables;

        int ColumnWidth(int column) => Frame + rows.Select(r => Cells(r.Cells[column].Text)).Append(Cells(columns[column])).Max();
    }

    private static Table Part(IReadOnlyList<string> columns, IReadOnlyList<BatchSizeRow> rows, int from, int to)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn(Corner).NoWrap());
        for (var column = from; column < to; column++)
        {
            table.AddColumn(new TableColumn(new Text(columns[column])).RightAligned().NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([new Text(row.Label), .. Enumerable.Range(from, to - from).Select(c => new Text(row.Cells[c].Text, row.Cells[c].Style))]);
        }

        return table;
    }

    private static int Cells(string text) => new Segment(text).CellCount();
}
