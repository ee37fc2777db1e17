using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Cluster.Tests;

/// <summary>A host that reaches no pool for long.</summary>
public sealed class OrphanTests
{
    /// <summary>One job, which no outage here outlives.</summary>
    private static readonly string LongSpec = TestCluster.Spec.Replace("epochs: 45", "epochs: 4000", StringComparison.Ordinal)
        .Replace("[8, 16]", "[4]", StringComparison.Ordinal).Replace("[2^-7, 2^-5]", "[2^-7]", StringComparison.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_without_a_pool_stops_its_trainers_after_the_limit_and_loses_no_step()
    {
        // The first silo alone has the pool, and no devices; without the store the second cannot declare it dead.
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 0);
        await using (var first = await cluster.ConnectAsync())
        {
            Assert.Empty((await first.Grains.GetGrain<IGpuPoolGrain>("default").Describe()).Hosts);
        }

        var host = await cluster.AddSiloAsync(1, "--Trainer:OrphanLimit=00:00:05");
        await using var connection = await cluster.ConnectAsync(silo: 1);
        var sweep = await TestCluster.SubmitAsync(connection, LongSpec);
        var cell = await TestCluster.UntilEpochAsync(connection, sweep, 3);
        await cluster.StopStoreAsync();
        cluster.Silos[0].Kill();
        await Processes.UntilAsync(() => Task.FromResult(host.Tail(100).Contains("the pool has not been reached for", StringComparison.Ordinal)), "the host says that it stops");
        await cluster.StartStoreAsync();
        RunRow? stopped = null;
        await Processes.UntilAsync(
            async () => (stopped = await StoppedAsync(connection, sweep.SweepId)) is not null, "the end of the attempt is stored");
        Assert.Equal(cell.Key, stopped!.Key);
        var next = $"training from step {stopped.Run.ReachedStep}";
        await Processes.UntilAsync(
            async () => await TestCluster.AnswerAsync(() => connection.Grains.GetGrain<IConfigurationGrain>(cell.Key).Log(stopped.Run.Attempt + 1, Token)) is { } log && log.Contains(next, StringComparison.Ordinal), $"the next attempt says '{next}'");
    }

    private static async Task<RunRow?> StoppedAsync(Client.Cluster.ClusterConnection connection, string sweepId) =>
        (await TestCluster.AnswerAsync(() => connection.Grains.GetGrain<IAggregatorGrain>(sweepId).Results(Token)!))?.Runs.FirstOrDefault(r => r.Run.End == AttemptEnd.Stopped);
}
