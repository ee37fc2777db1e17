using System.Globalization;
using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Client.Views;

/// <summary>Numbers and times as people read them.</summary>
internal static class Format
{
    /// <summary>A time in its two largest units: <c>3 min 20 s</c>.</summary>
    public static string Time(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Min(Math.Max(0, seconds), 1e9));
        return span switch
        {
            { TotalDays: >= 1 } => $"{(int)span.TotalDays} d {span.Hours} h",
            { TotalHours: >= 1 } => $"{(int)span.TotalHours} h {span.Minutes} min",
            { TotalMinutes: >= 1 } => $"{(int)span.TotalMinutes} min {span.Seconds} s",
            _ => $"{(int)Math.Ceiling(span.TotalSeconds)} s",
        };
    }

    /// <summary>Bytes as GiB with one decimal, without the unit.</summary>
    public static string Gibibytes(long bytes) => (bytes / (double)(1 << 30)).ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>Base learning rates, each once, ascending: with a scaling rule every batch size has its own.</summary>
    public static List<string> Axis(IEnumerable<string> rates) =>
        [.. rates.Distinct().OrderBy(r => BaseLearningRate.TryParse(r, out var rate) ? rate!.Value : double.NaN)];

    /// <summary>A share as per cent with one decimal.</summary>
    public static string Percent(double? share) => share is { } s ? (100 * s).ToString("F1", CultureInfo.InvariantCulture) : "-";

    /// <summary>A difference of shares as points with one decimal and its sign.</summary>
    public static string Points(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>
    /// A cell's replicas: <c>93.4 ± 0.5</c>; where not all trained also how many did, and <c>u</c> for untrained and <c>d</c>
    /// for diverged ones.
    /// </summary>
    public static string Cell(CellSummary cell)
    {
        if (!cell.Complete)
        {
            return cell.LeftOutAfter is null ? "…" : cell.Diverged > 0 ? $"{cell.Diverged}d" : "–";
        }

        var score = cell.Mean is null ? "" : Percent(cell.Mean) + (cell.StandardDeviation is { } s ? $" ± {Percent(s)}" : "");
        if (cell.Trained == cell.Replicas)
        {
            return score;
        }

        var marks = string.Join(" ", new[] { (cell.Trained, "t"), (cell.Untrained, "u"), (cell.Diverged, "d") }.Where(m => m.Item1 > 0).Select(m => $"{m.Item1}{m.Item2}"));
        return score.Length > 0 ? $"{score} ({marks})" : marks;
    }
}
