using System.Globalization;

namespace SmallBatch.Bench.Chaos.Reports;

/// <summary>Percentiles of what was measured, by nearest rank.</summary>
internal static class Percentiles
{
    /// <summary>The value that a fraction of all does not exceed; NaN of none.</summary>
    public static double Of(IReadOnlyList<double> values, double fraction)
    {
        var ordered = values.Order().ToList();
        return ordered.Count == 0 ? double.NaN : ordered[Math.Clamp((int)Math.Ceiling(fraction * ordered.Count) - 1, 0, ordered.Count - 1)];
    }

    /// <summary>p50 / p90 / p99 in seconds, or a dash of none.</summary>
    public static string Text(IReadOnlyList<double> seconds) => seconds.Count == 0
        ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{Of(seconds, 0.5):F1} / {Of(seconds, 0.9):F1} / {Of(seconds, 0.99):F1}");
}
