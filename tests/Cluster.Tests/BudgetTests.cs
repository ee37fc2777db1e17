using SmallBatch.Client.Cluster;
using SmallBatch.Client.Export;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>A sweep that is given a longer budget, killed in the middle: it ends with the results of one that had it from the beginning.</summary>
public sealed class BudgetTests(BudgetTests.LongFromTheBeginning fresh) : IClassFixture<BudgetTests.LongFromTheBeginning>
{
    private static readonly string Long = TestCluster.Spec
        .Replace("[8, 16]", "[4]", StringComparison.Ordinal)
        .Replace("every: 0.5s", "every: 0.5s, keep: firstDrop", StringComparison.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_run_begins_from_the_shorter_budgets_first_drop_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection, Shorter(20));
        var (before, _) = await TestCluster.ResultsAsync(connection);

        // 20 epochs of 40 updates: the rate first drops after 400.
        var preview = await Sweep(connection).Preview(new(Long, TestCluster.Network), Token);
        Assert.Equal((SubmitOutcome.Extended, 0, 4 * 400), (preview.Outcome, preview.Rows.Sum(r => r.Stored), preview.Rows.Single(r => r.Stage == Stage.Grid).SavedUpdates));
        await TestCluster.SubmitAsync(connection, Long);
        await TestCluster.UntilEpochAsync(connection, sweep, 15);
        await using var again = await KilledAndConnectedAgainAsync(cluster, connection);
        var (csv, results) = await TestCluster.ResultsAsync(again);
        Assert.Equal(fresh.Csv, csv);

        var (results20, grid) = (await AtAsync(again, sweep, "20 epochs"), results.Runs.Where(r => r.Stage == Stage.Grid && r.Run.Attempt == 1).ToList());
        Assert.Equal(before, ResultFiles.Results(results20!));
        Assert.Equal([400, 400], grid.Where(r => r.Run.ReachedStep > 800 || r.Run.End == AttemptEnd.Lost).Select(r => r.Run.ResumedFromStep));
        Assert.Equal(["20 epochs"], results.Sweep.ShorterBudgets!);
        var shown = await cluster.ConsoleAsync(1, "results", "show", "chaos@20-epochs", "-o", "csv");
        Assert.Equal(before.Replace("chaos,", "chaos@20-epochs,", StringComparison.Ordinal), shown.Output);
        Assert.Contains("wanted chaos, or one of chaos@20-epochs", (await cluster.ConsoleAsync(1, "results", "show", "chaos@9-epochs")).Errors, StringComparison.Ordinal);

        Assert.Equal(SubmitOutcome.Unchanged, (await Sweep(again).Submit(new(Long, TestCluster.Network), Token)).Outcome);
        Assert.Equal("at least the stored sweep's 45; an extension keeps all of it. Or choose another name", Assert.Single((await Sweep(again).Submit(new(Shorter(20), TestCluster.Network), Token)).Errors).Wanted);
        Assert.Empty((await Sweep(again).Verify(Token))!.Disagreements);
    }

    [Fact]
    public async Task Given_while_the_shorter_one_trains_that_one_stops_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection, Shorter(40));
        await TestCluster.UntilEpochAsync(connection, sweep, 5);
        await TestCluster.SubmitAsync(connection, Long);
        await using var again = await KilledAndConnectedAgainAsync(cluster, connection);
        var (csv, results) = await TestCluster.ResultsAsync(again);
        Assert.Equal(fresh.Csv, csv);
        var shorter = (await AtAsync(again, sweep, "40 epochs"))!;
        Assert.Equal((SweepPhase.Superseded, 0), (shorter.Sweep.Phase, shorter.Replicas.Length));
        Assert.Contains(shorter.Analysis.Warnings, w => w.EndsWith("the sweep went on to a longer budget.", StringComparison.Ordinal));
        Assert.Contains(results.Runs, r => r.Run is { Attempt: 1, ResumedFromStep: > 0 });
        Assert.Empty((await Sweep(again).Verify(Token))!.Disagreements);
    }

    private static async Task<ClusterConnection> KilledAndConnectedAgainAsync(TestCluster cluster, ClusterConnection connection)
    {
        await connection.DisposeAsync();
        cluster.Silos[0].Kill();
        await cluster.AddSiloAsync(slots: 2);
        return await cluster.ConnectAsync(silo: 1);
    }

    private static string Shorter(int epochs) => Long.Replace("epochs: 45", $"epochs: {epochs}", StringComparison.Ordinal);

    private static ISweepGrain Sweep(ClusterConnection connection) => connection.Grains.GetGrain<ISweepGrain>("chaos");

    private static async Task<SweepResults?> AtAsync(ClusterConnection connection, SweepSnapshot sweep, string budget) =>
        await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).ResultsAtBudget(budget, Token);

    /// <summary>The results of a sweep that had the longer budget from the beginning, undisturbed.</summary>
    public sealed class LongFromTheBeginning : IAsyncLifetime
    {
        public string Csv { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
            await using var connection = await cluster.ConnectAsync();
            await TestCluster.SubmitAsync(connection, Long.Replace(", keep: firstDrop", "", StringComparison.Ordinal));
            (Csv, _) = await TestCluster.ResultsAsync(connection);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
