using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>A team that takes back a slot of its quota.</summary>
public sealed class QuotaTests(UndisturbedRun undisturbed)
{
    private const string Owed = """
        name: owed
        team: astro
        dataset: { kind: synthetic, trainImages: 160, testImages: 60 }
        network: tiny.yaml
        batchSizes: [8]
        baseLearningRates: [2^-7]
        replicas: 2
        confirm: 0
        epochs: 60
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_others_borrow_of_a_team_s_quota_is_given_back_when_it_asks_and_no_step_is_lost()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(slots: 1, "--Pool:Teams:astro:Quota=1");
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        var borrows = await TestCluster.UntilEpochAsync(connection, sweep, 10);
        var reply = await connection.Grains.GetGrain<ISweepGrain>("owed").Submit(new(Owed, TestCluster.Network), Token);
        Assert.Empty(reply.Errors);
        var configuration = connection.Grains.GetGrain<IConfigurationGrain>(borrows.Key);
        ConfigurationSnapshot? gave = null;
        await TestCluster.UntilAsync(
            async () => (gave = await configuration.Describe()) is { Status: ConfigurationStatus.Queued, Reason: { } reason } && reason.Contains("place", StringComparison.Ordinal),
            "the slot is given to the team whose quota it is");
        Assert.StartsWith("gave its slot to team astro, whose quota is 1 slot; stopped at step ", gave!.Reason, StringComparison.Ordinal);
        var (code, output, errors) = await cluster.ConsoleAsync(0, "pool", "show");
        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(@"astro +│ +1 +│ +1 +│ +│ +1 +│ +0 ", output);
        Assert.Matches(@"default +│ +0 +│ +0 +│ +│ +1 +│ +\d ", output);

        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        var stopped = Assert.Single(results.Runs, r => r.Run.End == AttemptEnd.Stopped);
        Assert.Equal(("gave its slot to team astro, whose quota is 1 slot", borrows.Key), (stopped.Run.Reason, stopped.Key));
        Assert.True(stopped.Run.ReachedStep > 0);
        Assert.Equal(stopped.Run.ReachedStep, results.Runs.Single(r => r.Key == borrows.Key && r.Run.Attempt == 2).Run.ResumedFromStep);
        Assert.Equal(SweepPhase.Completed, (await connection.Grains.GetGrain<ISweepGrain>("owed").Describe())!.Phase);
    }
}
