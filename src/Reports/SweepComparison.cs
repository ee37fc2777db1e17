using SmallBatch.Contracts.Results;
using SmallBatch.Reports.Claims;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Statistics;

namespace SmallBatch.Reports;

/// <summary>One batch size in two sweeps, each at its best η̃, over its fresh seeds where it has some.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="A">What the first says; null where it has no cell in which every seed trained.</param>
/// <param name="B">What the second says.</param>
/// <param name="Difference">B's mean less A's, 0 to 1; null where one is missing.</param>
/// <param name="Interval">Welch's interval of it, 95 % for all batch sizes together (Bonferroni); null below two seeds on a side.</param>
public sealed record ComparedBatchSize(int BatchSize, CellSummary? A, CellSummary? B, double? Difference, ScoreInterval? Interval);

/// <summary>A setting in which two sweeps differ.</summary>
/// <param name="Key">Its key in the specification.</param>
/// <param name="A">The first's value, or null.</param>
/// <param name="B">The second's.</param>
public sealed record ComparedSetting(string Key, string? A, string? B);

/// <summary>Two sweeps side by side.</summary>
/// <param name="A">The first's name.</param>
/// <param name="B">The second's.</param>
/// <param name="Settings">The settings in which they differ, but for their names.</param>
/// <param name="BatchSizes">Every batch size of either.</param>
/// <param name="IsPartial">Whether a configuration of either is missing.</param>
public sealed record SweepComparison(string A, string B, IReadOnlyList<ComparedSetting> Settings, IReadOnlyList<ComparedBatchSize> BatchSizes, bool IsPartial)
{
    private const double Level = 0.95;

    /// <summary>Compares them; pure.</summary>
    public static SweepComparison Of(SweepResults a, SweepResults b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var (one, other) = (new SweepEvidence(a), new SweepEvidence(b));
        var (ofA, ofB) = (one.BatchSizes.ToDictionary(s => s.BatchSize), other.BatchSizes.ToDictionary(s => s.BatchSize));
        var together = Math.Max(1, ofA.Keys.Intersect(ofB.Keys).Count());
        return new(one.Name, other.Name, Differences(one, other), [.. ofA.Keys.Union(ofB.Keys).Order().Select(Row)], !one.IsComplete || !other.IsComplete);

        ComparedBatchSize Row(int m)
        {
            var (x, y) = (ofA.GetValueOrDefault(m), ofB.GetValueOrDefault(m));
            var interval = x is not null && y is not null && one.Scores(x) is { } before && other.Scores(y) is { } after ? WelchTest.Difference(after, before, 1 - ((1 - Level) / together)) : null;
            var (cellX, cellY) = (x?.Confirmed ?? x?.Selected, y?.Confirmed ?? y?.Selected);
            return new(m, cellX, cellY, cellY?.Mean - cellX?.Mean, interval is { } i ? new(i.Low, i.High) : null);
        }
    }

    private static List<ComparedSetting> Differences(SweepEvidence a, SweepEvidence b)
    {
        var (one, other) = (Values(a), Values(b));
        return [.. one.Keys.Union(other.Keys).Where(k => k != "name" && one.GetValueOrDefault(k) != other.GetValueOrDefault(k)).Select(k => new ComparedSetting(k, one.GetValueOrDefault(k), other.GetValueOrDefault(k)))];
    }

    private static Dictionary<string, string> Values(SweepEvidence sweep) => sweep.Spec is null
        ? []
        : SweepSpecText.Write(sweep.Spec).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[^1], StringComparer.Ordinal);
}
