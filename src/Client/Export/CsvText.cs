using System.Globalization;

namespace SmallBatch.Client.Export;

/// <summary>CSV after RFC 4180, with '\n' as the line's end and numbers that read back to the same value.</summary>
internal sealed class CsvText
{
    private readonly TextWriter writer;
    private readonly char[] buffer = new char[64];

    /// <summary>Writes the columns' names, and then a line a row as they come.</summary>
    public CsvText(TextWriter writer, params string[] columns)
    {
        this.writer = writer;
        Row(columns);
    }

    /// <summary>Keeps the text: <see cref="ToString"/>.</summary>
    public CsvText(params string[] columns)
        : this(new StringWriter(CultureInfo.InvariantCulture), columns)
    {
    }

    /// <summary>Adds a row; null is an empty field.</summary>
    public void Row(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0)
            {
                writer.Write(',');
            }

            Field(values[i]);
        }

        writer.Write('\n');
    }

    /// <inheritdoc/>
    public override string ToString() => writer.ToString() ?? "";

    private void Field(object? value)
    {
        switch (value)
        {
            case null:
                break;
            case DateTimeOffset at:
                writer.Write(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                break;
            case double or int or long:
                // No number needs quotes, nor a string of its own.
                ((ISpanFormattable)value).TryFormat(buffer, out var length, value is double ? "R" : "", CultureInfo.InvariantCulture);
                writer.Write(buffer, 0, length);
                break;
            case IFormattable formattable:
                Text(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                Text(value.ToString() ?? "");
                break;
        }
    }

    private void Text(string plain) => writer.Write(plain.AsSpan().IndexOfAny(",\"\r\n") < 0 ? plain : $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
}
