using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;

namespace SmallBatch.Client.Tests;

/// <summary>
/// Stored result sets. In a set a replica is its score, <c>u</c> and its score where it is untrained, <c>d</c> and its step where
/// it diverged, <c>?</c> where it is missing.
/// </summary>
internal static class GoldenSweep
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f))];

    /// <summary>A set by its name.</summary>
    public static SweepResults Load(string name) => Of(File.ReadAllLines(Path.Combine(Folder, $"{name}.csv"))[1..], "", name);

    /// <summary>The results of a sweep with these rows; its best guess of an answer included.</summary>
    public static SweepResults Of(string[] rows, string spec, string name = "golden", Func<ReplicaResult, ReplicaResult>? with = null)
    {
        var cells = rows.Select(r => r.Split(',')).Select(f => (
            Stage: Enum.Parse<Stage>(f[0], ignoreCase: true), BatchSize: int.Parse(f[1], CultureInfo.InvariantCulture), Rate: f[2], Replicas: f[3].Split(' '))).ToList();
        var plan = cells.Select(c => new PlannedConfiguration($"{c.Stage}{c.BatchSize}{c.Rate}", c.Stage, c.BatchSize, c.Rate, "hash", c.Replicas.Length, 15, 15 * ((5000 + c.BatchSize - 1) / c.BatchSize), 1)).ToList();
        var replicas = cells.SelectMany(c => c.Replicas.Select((r, i) => Replica(c.Stage, c.BatchSize, c.Rate, i, r))).OfType<ReplicaResult>().Select(r => with?.Invoke(r) ?? r).ToArray();
        var complete = replicas.Length == plan.Sum(p => p.Replicas);
        var sweep = new SweepSnapshot(
            name, $"{name}-1", spec, "cifar10 (5000 train, 1000 test)", 5000, 1000, "resnet8", "15 epochs", plan[0].Replicas, plan.LastOrDefault(p => p.Stage == Stage.Confirm)?.Replicas ?? 0,
            plan.Count, 0, "c", complete ? SweepPhase.Completed : SweepPhase.Grid, 1, DateTimeOffset.UnixEpoch, null, null);
        return new(sweep, "resnet8", replicas, [], Analyst.Analyse(sweep, plan, replicas));
    }

    private static ReplicaResult? Replica(Stage stage, int m, string rate, int number, string text)
    {
        var diverged = text[0] == 'd';
        double? score = diverged || text == "?" ? null : double.Parse(text.TrimStart('u'), CultureInfo.InvariantCulture);
        var outcome = diverged ? OutcomeKind.Diverged : text[0] == 'u' ? OutcomeKind.Untrained : OutcomeKind.Trained;
        return text == "?" ? null : new(stage, m, rate, "hash", number, outcome, diverged ? long.Parse(text[1..], CultureInfo.InvariantCulture) : null, score, score, null, null, 10, [], [], null);
    }
}
