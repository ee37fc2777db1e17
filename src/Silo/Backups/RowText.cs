using System.Globalization;
using System.Text.Json;
using Azure.Data.Tables;

namespace SmallBatch.Silo.Backups;

/// <summary>
/// One row of a table as one line of JSON, in the form that the service itself speaks: a property that is no text is told by
/// <c>NAME@odata.type</c>, and its value is text. So every type is kept exactly, bytes and dates included.
/// </summary>
internal static class RowText
{
    private const string Annotation = "@odata.type";

    /// <summary>Names that are the service's own.</summary>
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal) { "PartitionKey", "RowKey", "Timestamp", "odata.etag" };

    /// <summary>Writes a row. Throws <see cref="BackupException"/> for a property of a type that tables do not have.</summary>
    public static void Write(Utf8JsonWriter json, TableEntity row)
    {
        json.WriteStartObject();
        json.WriteString("PartitionKey", row.PartitionKey);
        json.WriteString("RowKey", row.RowKey);
        foreach (var (name, value) in row.Where(p => p.Value is not null && !Own.Contains(p.Key)))
        {
            var (type, text) = Of(value);
            if (type is not null)
            {
                json.WriteString(name + Annotation, type);
            }

            json.WriteString(name, text);
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a row. Throws <see cref="BackupException"/> where the line is none.</summary>
    public static TableEntity Read(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = new TableEntity();
            foreach (var property in json.RootElement.EnumerateObject().Where(p => !p.Name.EndsWith(Annotation, StringComparison.Ordinal)))
            {
                var type = json.RootElement.TryGetProperty(property.Name + Annotation, out var annotated) ? annotated.GetString() : null;
                row[property.Name] = Value(type, property.Value.GetString()!);
            }

            return row;
        }
        catch (Exception damaged) when (damaged is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new BackupException($"a row: found {line[..Math.Min(line.Length, 80)]}, wanted a row as a backup writes it: {damaged.Message}");
        }
    }

    private static (string? Type, string Text) Of(object value) => value switch
    {
        string text => (null, text),
        int number => ("Edm.Int32", number.ToString(CultureInfo.InvariantCulture)),
        long number => ("Edm.Int64", number.ToString(CultureInfo.InvariantCulture)),
        double number => ("Edm.Double", number.ToString("R", CultureInfo.InvariantCulture)),
        bool truth => ("Edm.Boolean", truth ? "true" : "false"),
        Guid id => ("Edm.Guid", id.ToString("D")),
        DateTimeOffset at => ("Edm.DateTime", at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        byte[] bytes => ("Edm.Binary", Convert.ToBase64String(bytes)),
        BinaryData bytes => ("Edm.Binary", Convert.ToBase64String(bytes.ToMemory().Span)),
        _ => throw new BackupException($"a property: found type {value.GetType().Name}, wanted one of the eight that tables have"),
    };

    private static object Value(string? type, string text) => type switch
    {
        null => text,
        "Edm.Int32" => int.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Int64" => long.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Double" => double.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Boolean" => bool.Parse(text),
        "Edm.Guid" => Guid.Parse(text),
        "Edm.DateTime" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        "Edm.Binary" => Convert.FromBase64String(text),
        _ => throw new FormatException($"found type {type}, wanted one of the eight that tables have"),
    };
}
