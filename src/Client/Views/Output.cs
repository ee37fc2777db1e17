using System.Text.Json;
using System.Text.Json.Serialization;
using SmallBatch.Client.Export;
using Spectre.Console;

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
internal sealed record Column<T>(string Name, Func<T, object?> Value);

/// <summary>Prints lists and single things in the format asked for.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Prints a list; JSON carries every field, table and CSV the columns.</summary>
    public static void List<T>(IAnsiConsole console, OutputFormat format, IReadOnlyCollection<T> items, params Column<T>[] columns)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Plain(console, JsonSerializer.Serialize(items, Json));
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
                var table = new Table().Border(TableBorder.Rounded);
                table.AddColumns([.. columns.Select(c => new TableColumn(Markup.Escape(c.Name)).NoWrap())]);
                foreach (var item in items)
                {
                    table.AddRow([.. columns.Select(c => new Text(Show(c.Value(item))))]);
                }

                console.Write(table);
                break;
        }
    }

    /// <summary>Prints one thing as JSON.</summary>
    public static void Document<T>(IAnsiConsole console, T item) => Plain(console, JsonSerializer.Serialize(item, Json));

    /// <summary>Prints text as it is: no wrapping, no markup.</summary>
    public static void Plain(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    private static string Show(object? value) => value switch
    {
        null => "",
        double number => number.ToString("G4", System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
