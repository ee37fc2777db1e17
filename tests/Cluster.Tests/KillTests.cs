using SmallBatch.Client.Commands;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Cluster.Tests;

/// <summary>Kill anything, get the same CSV: on real processes.</summary>
public sealed class KillTests(UndisturbedRun undisturbed)
{
    private static readonly int[] Seeds = [3, 15, 27];

    [Fact]
    public async Task A_killed_trainer_costs_an_attempt_and_no_byte()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        var killed = new HashSet<int>();
        foreach (var epoch in Seeds)
        {
            await TestCluster.UntilEpochAsync(connection, sweep, epoch);
            var trainer = Processes.Trainers(cluster.Silos[0].ProcessId).First(id => !killed.Contains(id));
            Processes.Signal(trainer, Processes.KillSignal);
            killed.Add(trainer);
        }

        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Contains(results.Runs, r => r.Run.End == AttemptEnd.Lost && r.Run.Reason!.Contains("from outside by signal 9", StringComparison.Ordinal));
        Assert.Contains(results.Runs, r => r.Run is { Attempt: > 1, ResumedFromStep: > 0, End: AttemptEnd.Completed });
    }

    [Fact]
    public async Task A_killed_silo_s_work_trains_elsewhere_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 1);

        // The first silo holds the pool, the sweep and the aggregator more often than not; the connection goes to the other.
        await using var connection = await cluster.ConnectAsync(silo: 1);
        var sweep = await TestCluster.SubmitAsync(connection);
        var first = cluster.Addresses[0];
        await TestCluster.UntilEpochAsync(connection, sweep, 10);
        var orphans = Processes.Trainers(cluster.Silos[0].ProcessId);
        cluster.Silos[0].Kill();
        await Processes.UntilAsync(() => Task.FromResult(!orphans.Any(Processes.Lives)), $"the trainers of {first.Gateway} are gone");
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Contains(results.Runs, r => r.Run is { Attempt: > 1, End: AttemptEnd.Completed });
    }

    [Fact]
    public async Task Everything_killed_and_started_again_goes_on_by_itself_and_whoever_watches_sees_it()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 1);
        await using (var connection = await cluster.ConnectAsync())
        {
            await TestCluster.UntilEpochAsync(connection, await TestCluster.SubmitAsync(connection), 12);
        }

        var (watching, seen) = cluster.Watch(silo: 0);
        await Processes.UntilAsync(() => Task.FromResult(seen().Contains("configurations done", StringComparison.Ordinal)), "the watch has begun");
        await cluster.KillEverythingAsync();
        await Processes.UntilAsync(() => Task.FromResult(seen().Contains("The cluster has not answered for", StringComparison.Ordinal)), "the watch says that nobody answers");
        await cluster.StartEverythingAsync();
        await using var again = await cluster.ConnectAsync();
        Assert.Equal(undisturbed.Csv, (await TestCluster.ResultsAsync(again)).Csv);
        Assert.Equal(ExitCode.Ok, await watching.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
        Assert.Contains("chaos is completed", seen(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_asked_to_stop_drains_and_no_step_is_lost()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 1);
        await using var connection = await cluster.ConnectAsync(silo: 1);
        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 10);
        await cluster.Silos[0].StopAsync();
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        var stopped = results.Runs.Single(r => r.Run.End == AttemptEnd.Stopped);
        var next = results.Runs.Single(r => r.Key == stopped.Key && r.Run.Attempt == stopped.Run.Attempt + 1);
        Assert.Equal(stopped.Run.ReachedStep, next.Run.ResumedFromStep);
    }

    [Fact]
    public async Task A_stale_token_is_refused_at_start_report_checkpoint_and_outcome()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 1);
        await using var connection = await cluster.ConnectAsync();
        var cell = await TestCluster.UntilEpochAsync(connection, await TestCluster.SubmitAsync(connection), 2);
        var configuration = connection.Grains.GetGrain<IConfigurationGrain>(cell.Key);
        var snapshot = (await configuration.Describe())!;
        var stale = snapshot.Token! with { Sequence = snapshot.Token!.Sequence - 1 };
        Assert.Equal(Receipt.Stale, await configuration.Report(new(cell.Key, stale, 1, 60, 1, [])));
        Assert.Equal(Receipt.Stale, await configuration.CheckpointUploaded(new(cell.Key, stale, 999, "blob", 1, "sha", 1)));
        Assert.Equal(Receipt.Stale, await configuration.AttemptEnded(new(cell.Key, stale, AttemptEnd.Completed, null, [new(0, "forged"), new(1, "forged")], 1, 1)));
        var lease = (await connection.Grains.GetGrain<IGpuPoolGrain>("default").Describe()).Leases.Single().Lease;
        var refused = await connection.Grains.GetGrain<IGpuHostGrain>(lease.Host).Start(new(lease with { Token = stale }, snapshot.Job, 1, []));
        Assert.False(refused.Accepted);
        Assert.Contains("which is no lower", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(undisturbed.Csv, (await TestCluster.ResultsAsync(connection)).Csv);
    }
}
