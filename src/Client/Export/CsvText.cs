using System.Globalization;
using System.Text;

namespace SmallBatch.Client.Export;

/// <summary>CSV after RFC 4180, with '\n' as the line's end and numbers that read back to the same value.</summary>
internal sealed class CsvText
{
    private readonly StringBuilder text = new();

    public CsvText(params string[] columns) => Row(columns);

    /// <summary>Adds a row; null is an empty field.</summary>
    public void Row(params object?[] values) => text.AppendJoin(',', values.Select(Field)).Append('\n');

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    private static string Field(object? value)
    {
        var plain = value switch
        {
            null => "",
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return plain.AsSpan().IndexOfAny(",\"\r\n") < 0 ? plain : $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
