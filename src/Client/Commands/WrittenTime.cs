using System.Globalization;

namespace SmallBatch.Client.Commands;

/// <summary>A time as it was written: <c>90s</c>, <c>10m</c>, <c>1.5h</c>, <c>2d</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Time">What it means.</param>
internal sealed record WrittenTime(string Text, TimeSpan Time)
{
    /// <summary>Reads it; null where it is none, or not from one second to a thousand days.</summary>
    public static WrittenTime? Read(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        return unit > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number * unit is >= 1 and <= 1000 * 86400d
            ? new(text, TimeSpan.FromSeconds(number * unit))
            : null;
    }
}
