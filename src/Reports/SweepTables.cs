using System.Globalization;
using System.Reflection;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures.Drawing;
using SmallBatch.Reports.Claims;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Reports;

/// <summary>A sweep's evidence as rows of text: what was trained, on what, how often, with what result.</summary>
internal static class SweepTables
{
    /// <summary>Hex digits of a settings hash that a configuration's key bears too.</summary>
    private const int HashDigits = 12;

    /// <summary>A name and a value each.</summary>
    public static IEnumerable<(string, string)> Facts(SweepEvidence sweep)
    {
        var (results, snapshot) = (sweep.Results, sweep.Results.Sweep);
        var devices = results.Runs.Select(r => $"{r.Run.Host} {r.Run.Device}").Distinct().Order(StringComparer.Ordinal).ToList();
        yield return ("sweep", $"{snapshot.Name}, {snapshot.SweepId}, {snapshot.Phase.ToString().ToLowerInvariant()}");
        yield return ("dataset", snapshot.Dataset);
        if (snapshot.ValidationImages is { } kept)
        {
            yield return ("selection", Invariant($"on {kept} validation images, the same for every seed and cell, that nothing trained on; the test images were read for the fresh seeds alone"));
        }

        if (sweep.Spec?.Choice is { } choice)
        {
            yield return ("base learning rates", choice);
        }

        yield return ("network", results.Network);
        yield return ("budget", snapshot.Budget);
        yield return ("updates", string.Join(", ", results.Replicas.Where(r => r.Stage == Stage.Grid).DistinctBy(r => r.BatchSize).OrderBy(r => r.BatchSize).Select(r => Invariant($"{r.Updates} at m = {r.BatchSize}"))));
        yield return ("n", Invariant($"{snapshot.Replicas} seeds a cell of the grid, {snapshot.Confirm} fresh ones at each batch size's best; {results.Replicas.Length} stored"));
        yield return ("seeds", sweep.Spec is { } spec ? Invariant($"seed {spec.Seed}: replicas 0 to {snapshot.Replicas - 1} of the grid, 0 to {Math.Max(0, snapshot.Confirm - 1)} of the fresh ones, each with a key of its own that no cell changes") : "-");
        yield return ("numerics class", snapshot.NumericsClass ?? "none yet");
        yield return ("devices", devices.Count == 0 ? "no attempt is stored" : string.Join(", ", devices.Take(20)) + (devices.Count > 20 ? Invariant($" and {devices.Count - 20} more") : ""));
        yield return ("device time", Invariant($"{results.Runs.Sum(r => r.Run.TrainingSeconds) / 3600:0.###} h in {results.Runs.Length} attempts, {results.Runs.Count(r => r.Run.End != AttemptEnd.Completed)} of which did not complete"));
        if (results.Runs.Sum(r => r.Run.EnergyJoules) is { } joules and > 0)
        {
            yield return ("energy", Invariant($"{joules / 3.6e6:0.###} kWh of GPUs in {results.Runs.Count(r => r.Run.EnergyJoules is not null)} attempts that were measured"));
        }

        yield return ("versions", Invariant($"SmallBatch {Version()}, numerics version {TrainingNumerics.VersionOf(snapshot.NumericsClass)}"));
        yield return ("submitted", Time(snapshot.CreatedAt) + (snapshot.CompletedAt is { } at ? $", complete {Time(at)}" : ""));
    }

    /// <summary>The batch sizes: a header and a row each.</summary>
    public static IEnumerable<string[]> BatchSizes(SweepEvidence sweep)
    {
        yield return ["m", "best η̃", "n", "mean, %", "deviation", "95 % interval", "trained", "on the grid", "from best, points", "every seed trains", "within 2 points of its best", "settings hash"];
        var analysis = sweep.Results.Analysis;
        foreach (var b in sweep.BatchSizes)
        {
            var cell = b.Confirmed ?? b.Selected;
            var mark = b.BatchSize == analysis.BestBatchSize ? " *" : analysis.NotToldApart.Contains(b.BatchSize) ? " =" : "";
            var hash = cell is null ? null : sweep.Figures.Replicas(cell).Select(r => r.SettingsHash).FirstOrDefault();
            yield return
            [
                $"{b.BatchSize}{mark}",
                b.BestBaseLearningRate is { } rate ? Axis.Label(rate) : "-",
                cell is null ? "-" : $"{cell.Replicas} {(cell.Stage == Stage.Confirm ? "fresh" : "of the grid")}",
                SweepEvidence.Percent(cell?.Mean),
                SweepEvidence.Percent(cell?.StandardDeviation),
                cell is { IntervalLow: { } low, IntervalHigh: { } high } ? $"{SweepEvidence.Percent(low)} – {SweepEvidence.Percent(high)}" : "-",
                cell is null ? "-" : $"{cell.Trained} of {cell.Replicas}",
                b.Selected is { } s ? SweepEvidence.Percent(s.Mean) : "-",
                b.FromBestOfOthers is { } d ? $"{Points(d.Low)} to {Points(d.High)}" : "-",
                Range(b.Trains),
                Range(b.NearOwnBest),
                hash is { Length: >= HashDigits } ? hash[..HashDigits] : hash ?? "-",
            ];
        }
    }

    private static string Range(RateRange? range) => range is null ? "nowhere" : Invariant($"{Axis.Label(range.From)} – {Axis.Label(range.To)} ({(range.IsBound ? "≥ " : "")}{range.Octaves:0.#})");

    private static string Points(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);

    private static string Version() => typeof(SweepTables).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "-";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
