using System.Text.Json;
using SmallBatch.Client.Export;
using SmallBatch.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SmallBatch.Client.Views;

/// <summary>How a list is printed.</summary>
internal enum OutputFormat
{
    /// <summary>A table for people.</summary>
    Table,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,
}

/// <summary>A column of a list.</summary>
/// <param name="Name">Its header.</param>
/// <param name="Value">What stands in it.</param>
/// <param name="Spare">On a terminal that is too narrow the table leaves out the highest first; 0 stays.</param>
/// <param name="Wraps">Whether its text may take several lines.</param>
internal sealed record Column<T>(string Name, Func<T, object?> Value, int Spare = 0, bool Wraps = false);

/// <summary>Prints lists and single things in the format asked for.</summary>
internal static class Output
{
    /// <summary>Prints a list; JSON carries every field, table and CSV the columns.</summary>
    public static void List<T>(IAnsiConsole console, OutputFormat format, IReadOnlyCollection<T> items, params Column<T>[] columns)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Plain(console, JsonSerializer.Serialize(items, JsonForm.Indented));
                break;
            case OutputFormat.Csv:
                var csv = new CsvText([.. columns.Select(c => c.Name)]);
                foreach (var item in items)
                {
                    csv.Row([.. columns.Select(c => c.Value(item))]);
                }

                Plain(console, csv.ToString().TrimEnd('\n'));
                break;
            default:
                ListTable.Write(console, items, columns);
                break;
        }
    }

    /// <summary>Prints one thing as JSON.</summary>
    public static void Document<T>(IAnsiConsole console, T item) => Plain(console, JsonSerializer.Serialize(item, JsonForm.Indented));

    /// <summary>Prints text as it is: no wrapping, no markup.</summary>
    public static void Plain(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    /// <summary>Prints sentences: broken between words on a terminal, one line in a pipe.</summary>
    public static void Prose(IAnsiConsole console, string text)
    {
        if (console.Profile.Out.IsTerminal)
        {
            console.WriteLine(text);
        }
        else
        {
            Plain(console, text);
        }
    }

    /// <summary>Prints something that is so wide, whether the terminal is or not: it would cut what does not fit.</summary>
    public static void Full(IAnsiConsole console, IRenderable item, int width)
    {
        var actual = console.Profile.Width;
        console.Profile.Width = Math.Max(actual, width);
        console.Write(item);
        console.Profile.Width = actual;
    }
}
