using System.Globalization;
using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using Spectre.Console;

namespace SmallBatch.Client.Tests;

/// <summary>
/// Result sets with known answers, and the whole text that <c>results show</c> prints of them. In a set a replica is its score,
/// <c>u</c> and its score where it is untrained, <c>d</c> and its step where it diverged, <c>?</c> where it is missing.
/// </summary>
public sealed class GoldenSweepTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<string> Sets => [.. Directory.EnumerateFiles(Folder, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_known_sweep_gives_its_whole_text(string name)
    {
        var text = Show(File.ReadAllLines(Path.Combine(Folder, $"{name}.csv"))[1..], "");
        Assert.Equal(File.ReadAllText(Path.Combine(Folder, $"{name}.txt")), text);
    }

    [Fact]
    public void The_practical_margin_is_the_specifications()
    {
        var rows = File.ReadAllLines(Path.Combine(Folder, "tie.csv"))[1..];
        const string spec = "name: golden\ndataset: synthetic\nnetwork: resnet8\nbatchSizes: [2, 8, 32]\nbaseLearningRates: [2^-9, 2^-7, 2^-5]\nepochs: 15\n";
        Assert.Contains("batch size 2 lies within 0.5 points of its mean", Show(rows, spec), StringComparison.Ordinal);
        Assert.Contains("batch sizes 2, 32 lie within 4 points of its mean", Show(rows, spec + "delta: 4\n"), StringComparison.Ordinal);
    }

    private static string Show(string[] rows, string spec)
    {
        var cells = rows.Select(r => r.Split(',')).Select(f => (
            Stage: Enum.Parse<Stage>(f[0], ignoreCase: true), BatchSize: int.Parse(f[1], CultureInfo.InvariantCulture), Rate: f[2], Replicas: f[3].Split(' '))).ToList();
        var plan = cells.Select(c => new PlannedConfiguration($"{c.Stage}{c.BatchSize}{c.Rate}", c.Stage, c.BatchSize, c.Rate, "hash", c.Replicas.Length, 15, 15 * ((5000 + c.BatchSize - 1) / c.BatchSize), 1)).ToList();
        var replicas = cells.SelectMany(c => c.Replicas.Select((r, i) => Replica(c.Stage, c.BatchSize, c.Rate, i, r))).OfType<ReplicaResult>().ToArray();
        var complete = replicas.Length == plan.Sum(p => p.Replicas);
        var sweep = new SweepSnapshot(
            "golden", "golden-1", spec, "cifar10 (5000 train, 1000 test)", 5000, 1000, "resnet8", "15 epochs", plan[0].Replicas, plan.LastOrDefault(p => p.Stage == Stage.Confirm)?.Replicas ?? 0,
            plan.Count, 0, "c", complete ? SweepPhase.Completed : SweepPhase.Grid, 1, DateTimeOffset.UnixEpoch, null, null);
        var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 160;
        ResultView.Write(console, new(sweep, "resnet8", replicas, [], Analyst.Analyse(sweep, plan, replicas)));
        return string.Join('\n', writer.ToString().Split('\n').Select(l => l.TrimEnd()));
    }

    private static ReplicaResult? Replica(Stage stage, int m, string rate, int number, string text)
    {
        var diverged = text[0] == 'd';
        double? score = diverged || text == "?" ? null : double.Parse(text.TrimStart('u'), CultureInfo.InvariantCulture);
        var outcome = diverged ? OutcomeKind.Diverged : text[0] == 'u' ? OutcomeKind.Untrained : OutcomeKind.Trained;
        return text == "?" ? null : new(stage, m, rate, "hash", number, outcome, diverged ? long.Parse(text[1..], CultureInfo.InvariantCulture) : null, score, score, null, null, 10, [], [], null);
    }
}
