using System.Globalization;
using SmallBatch.Bench.Chaos.Strikes;

namespace SmallBatch.Bench.Chaos.Reports;

/// <summary>What each kind of strike cost, and the published bounds.</summary>
internal static class StrikeTable
{
    private const double KilledP50 = 10;
    private const double KilledP99 = 20;
    private const double FrozenP99 = 30;

    /// <summary>The table, Markdown.</summary>
    public static IEnumerable<string> Rows(IReadOnlyList<StrikeKind> kinds, IReadOnlyList<Strike> strikes, IReadOnlyList<Recovery> recoveries)
    {
        yield return "| strike | count | trained there | lost its lease | detected, s | a step further elsewhere, s | on the same lease, s | steps lost, p50 / most | an interval, most |";
        yield return "| --- | --- | --- | --- | --- | --- | --- | --- | --- |";
        foreach (var kind in kinds)
        {
            var of = recoveries.Where(r => r.Kind == kind.Name).ToList();
            var elsewhere = of.Where(r => r.Elsewhere).ToList();
            var lost = elsewhere.Select(r => (double)r.StepsLost).ToList();
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind.Name} | {strikes.Count(s => s.Kind == kind.Name)} | {of.Count} | {elsewhere.Count} | {Percentiles.Text(Seconds(elsewhere.Select(r => r.Detected)))} | {Percentiles.Text(Seconds(elsewhere.Select(r => (TimeSpan?)r.Recovered)))} | {Percentiles.Text(Seconds(of.Where(r => !r.Elsewhere).Select(r => (TimeSpan?)r.Recovered)))} | {(lost.Count == 0 ? "–" : $"{Percentiles.Of(lost, 0.5)} / {lost.Max()}")} | {(elsewhere.Count == 0 ? "–" : elsewhere.Max(r => r.IntervalSteps))} |");
        }
    }

    /// <summary>Whether the bounds hold.</summary>
    public static IEnumerable<string> Targets(IReadOnlyList<StrikeKind> kinds, IReadOnlyList<Recovery> recoveries)
    {
        var killed = Recovered(StrikeClass.Killed);
        var frozen = Recovered(StrikeClass.Frozen);
        var drained = recoveries.Where(r => ClassOf(r) == StrikeClass.Drained).Select(r => r.StepsLost).DefaultIfEmpty().Max();
        yield return Target("recovery-killed-p50-s", Percentiles.Of(killed, 0.5), KilledP50);
        yield return Target("recovery-killed-p99-s", Percentiles.Of(killed, 0.99), KilledP99);
        yield return Target("recovery-frozen-p99-s", Percentiles.Of(frozen, 0.99), FrozenP99);
        yield return Target("steps-lost-on-drain", drained, 0);

        StrikeClass ClassOf(Recovery recovery) => kinds.Single(k => k.Name == recovery.Kind).Class;
        IReadOnlyList<double> Recovered(StrikeClass wanted) => [.. recoveries.Where(r => r.Elsewhere && ClassOf(r) == wanted).Select(r => r.Recovered.TotalSeconds)];
    }

    /// <summary>One line: met where the value does not exceed the goal; short also where nothing was measured.</summary>
    public static string Target(string name, double value, double most) =>
        string.Create(CultureInfo.InvariantCulture, $"target {name} {value:0.##} {most:0.##} {(value <= most ? "met" : "short")}");

    private static List<double> Seconds(IEnumerable<TimeSpan?> times) => [.. times.OfType<TimeSpan>().Select(t => t.TotalSeconds)];
}
