using System.Globalization;
using System.Text.Json;

namespace SmallBatch.Bench.Page;

/// <summary>What a look at the page gave, milliseconds.</summary>
/// <param name="Frames">Frames drawn.</param>
/// <param name="Gap">The longest gap between two of them; 16.7 where none was missed.</param>
/// <param name="Gap99">The 99th percentile of the gaps.</param>
/// <param name="Task">The longest task of the page; those below 50 are not told by browsers, and count as 0.</param>
internal sealed record Look(int Frames, double Gap, double Gap99, double Task)
{
    /// <summary>From what the recorder in the page told.</summary>
    public static Look Of(JsonElement figures)
    {
        var gaps = Numbers("gaps").Order().ToList();
        return new(gaps.Count, gaps[^1], gaps[(int)Math.Ceiling(0.99 * gaps.Count) - 1], Numbers("tasks").DefaultIfEmpty(0).Max());

        IEnumerable<double> Numbers(string name) => figures.GetProperty(name).EnumerateArray().Select(n => n.GetDouble());
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Frames,8}{Gap99,12:F1}{Gap,12:F1}{Task,12:F1}");
}
