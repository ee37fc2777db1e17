using System.Net;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Client.Cluster;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Cluster.Tests;

/// <summary>Pause, resume, retry, delete and submit again, on real processes and in the middle of everything.</summary>
public sealed class ControlTests(UndisturbedRun undisturbed)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_sweep_loses_no_step_stays_paused_when_its_silo_dies_and_goes_on_to_the_same_results()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 1);
        var connection = await cluster.ConnectAsync(silo: 1);
        var sweep = await TestCluster.SubmitAsync(connection);
        for (var epoch = 5; epoch <= 20; epoch += 15)
        {
            await TestCluster.UntilEpochAsync(connection, sweep, epoch);
            var paused = await ActAsync(connection, SweepAction.Pause);
            Assert.Equal(SweepPhase.Paused, paused.Sweep!.Phase);
            await UntilNothingTrainsAsync(connection);
            var status = await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status();
            Assert.Contains(status.Cells, c => c.Reason == "its sweep is paused; smallbatch sweep resume chaos");
            Assert.DoesNotContain(status.Cells, c => c.Status == ConfigurationStatus.Training);
            if (epoch > 5)
            {
                cluster.Silos[0].Kill();
                await cluster.AddSiloAsync(slots: 1);
                await UntilNothingTrainsAsync(connection, hosts: 2);
            }

            Assert.True((await ActAsync(connection, SweepAction.Resume)).Done);
        }

        var (csv, results) = await TestCluster.ResultsAsync(connection);
        await connection.DisposeAsync();
        Assert.Equal(undisturbed.Csv, csv);
        var stopped = results.Runs.Where(r => r.Run.End == AttemptEnd.Stopped).ToList();
        Assert.True(stopped.Count >= 2, $"{stopped.Count} attempts were stopped by two pauses");
        Assert.All(stopped, s => Assert.Equal(s.Run.ReachedStep, results.Runs.Single(r => r.Key == s.Key && r.Run.Attempt == s.Run.Attempt + 1).Run.ResumedFromStep));
    }

    [Fact]
    public async Task Paused_and_resumed_at_every_moment_it_ends_with_the_same_results()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        for (var turn = 0; turn < 6; turn++)
        {
            // With no wait at all, then after a moment of training: grants, starts, checkpoints and ends are under way.
            await ActAsync(connection, SweepAction.Pause);
            if (turn % 2 == 1)
            {
                await UntilNothingTrainsAsync(connection);
            }

            await ActAsync(connection, SweepAction.Resume);
            if (turn % 3 == 2)
            {
                await TestCluster.UntilEpochAsync(connection, sweep, 2);
            }
        }

        Assert.Equal(undisturbed.Csv, (await TestCluster.ResultsAsync(connection)).Csv);
    }

    [Fact]
    public async Task What_was_given_up_is_tried_again_and_the_old_failure_stands_in_no_result_s_way()
    {
        await using var receiver = new NoticeReceiver(_ => HttpStatusCode.OK);
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(1, $"--Webhooks:Receivers:chat:Url={receiver.Url}", "--Webhooks:Receivers:chat:Form=chat");
        await using var connection = await cluster.ConnectAsync();
        var sweep = connection.Grains.GetGrain<ISweepGrain>("chaos");
        var seldom = TestCluster.Spec.Replace("every: 0.5s", "every: 10m", StringComparison.Ordinal);
        var reply = await sweep.Submit(new(seldom, TestCluster.Network), Token);
        Assert.Empty(reply.Errors);
        var victim = (await TestCluster.UntilEpochAsync(connection, reply.Sweep!, 1)).Key;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await TestCluster.UntilEpochAsync(connection, reply.Sweep!, 1, c => c.Key == victim && c.Attempt == attempt);
            var trainer = Processes.Descendants(cluster.Silos[0].ProcessId).Single(p => p.Command.Contains("SmallBatch.Training", StringComparison.Ordinal));
            await Processes.CrashAsync(trainer.Id);
        }

        var (csv, _) = await TestCluster.ResultsAsync(connection);
        Assert.NotEqual(undisturbed.Csv, csv);
        var status = await connection.Grains.GetGrain<IAggregatorGrain>(reply.Sweep!.SweepId).Status();
        Assert.Equal(victim, Assert.Single(status.Cells, c => c.Status == ConfigurationStatus.Failed).Key);
        var none = await sweep.Act(SweepAction.Retry, new([5], null), Token);
        Assert.Equal((false, $"chaos has 1 that were given up, none of them asked for: {victim}"), (none.Done, none.What));
        var again = await sweep.Act(SweepAction.Retry, new([], null), Token);
        Assert.Equal((true, $"chaos tries 1 again: {victim}"), (again.Done, again.What));
        Assert.NotEqual(SweepPhase.Completed, again.Sweep!.Phase);
        (csv, _) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        status = await connection.Grains.GetGrain<IAggregatorGrain>(reply.Sweep.SweepId).Status();
        Assert.All(status.Cells, c => Assert.Equal(ConfigurationStatus.Completed, c.Status));

        // What people are told of it, each once.
        await Processes.UntilAsync(() => Task.FromResult(receiver.Taken.Count >= 3), "the receiver has three notices");
        Assert.Equal(
            [
                $$"""{"text":"Sweep chaos goes on without configuration {{victim}}, which was given up. 'smallbatch sweep show chaos' says why."}""",
                """{"text":"Sweep chaos is over, and 1 of 6 configurations were given up. 'smallbatch sweep show chaos' says why, 'smallbatch sweep retry chaos' tries them again."}""",
                """{"text":"Sweep chaos is complete: 6 configurations. 'smallbatch results show chaos' has the answer."}""",
            ],
            receiver.Taken.Select(t => t.Body));
    }

    [Fact]
    public async Task Given_more_replicas_it_trains_those_alone_and_ends_with_the_results_of_one_that_had_them_from_the_beginning()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        var connection = await cluster.ConnectAsync();
        var fewer = TestCluster.Spec.Replace("replicas: 2", "replicas: 1", StringComparison.Ordinal).Replace("confirm: 2", "confirm: 1", StringComparison.Ordinal);
        var sweep = await TestCluster.SubmitAsync(connection, fewer);
        var (_, before) = await TestCluster.ResultsAsync(connection);
        var preview = await connection.Grains.GetGrain<ISweepGrain>("chaos").Preview(new(TestCluster.Spec, TestCluster.Network), Token);
        Assert.Equal((SubmitOutcome.Extended, 8, 4), (preview.Outcome, preview.Rows.Where(r => r.Stage == Stage.Grid).Sum(r => r.Runs), preview.Rows.Where(r => r.Stage == Stage.Grid).Sum(r => r.Stored)));
        await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 5, c => c.Key.Contains(".r=1.", StringComparison.Ordinal));
        await connection.DisposeAsync();
        cluster.Silos[0].Kill();
        await cluster.AddSiloAsync(slots: 2);
        await using var again = await cluster.ConnectAsync(silo: 1);
        var (csv, after) = await TestCluster.ResultsAsync(again);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Equal(sweep.SweepId, after.Sweep.SweepId);
        foreach (var run in before.Runs.Where(r => r.Stage == Stage.Grid))
        {
            Assert.Equal(1, after.Runs.Count(r => r.Key == run.Key));
        }

        Assert.Empty((await again.Grains.GetGrain<ISweepGrain>("chaos").Verify(Token))!.Disagreements);
    }

    [Fact]
    public async Task Ended_by_its_limit_it_stays_so_when_its_silo_dies_and_with_a_higher_one_goes_on_to_the_same_results()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection, $"{TestCluster.Spec}\nlimit: {{ deviceHours: 0.0005 }}");
        await Processes.UntilAsync(async () => await PhaseAsync(connection) == SweepPhase.Limited, "the limit has ended it");
        await UntilNothingTrainsAsync(connection);
        var resumed = await ActAsync(connection, SweepAction.Resume);
        Assert.False(resumed.Done);
        Assert.StartsWith("chaos was ended by its limit of 0.0005 device-hours", resumed.What, StringComparison.Ordinal);
        await connection.DisposeAsync();
        cluster.Silos[0].Kill();
        await cluster.AddSiloAsync(slots: 2);
        await using var again = await cluster.ConnectAsync(silo: 1);
        await UntilNothingTrainsAsync(again);
        Assert.Equal(SweepPhase.Limited, await PhaseAsync(again));
        var results = await again.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Results(Token);
        Assert.StartsWith("Ended by its limit, on synthetic", results.Analysis.Sentence, StringComparison.Ordinal);
        Assert.Equal(SubmitOutcome.Extended, (await again.Grains.GetGrain<ISweepGrain>("chaos").Submit(new(TestCluster.Spec, TestCluster.Network), Token)).Outcome);
        var (csv, _) = await TestCluster.ResultsAsync(again);
        Assert.Equal(undisturbed.Csv, csv);
    }

    private static async Task<SweepPhase> PhaseAsync(ClusterConnection connection) => (await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe())!.Phase;

    [Fact]
    public async Task Deleted_while_it_trains_nothing_is_left_of_it_though_its_silo_dies_and_its_name_is_free()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        var connection = await cluster.ConnectAsync();
        var first = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, first, 10);
        await PlantAsync(cluster, first.SweepId);
        Assert.NotEmpty(await LeftOfAsync(cluster, first.SweepId));
        Assert.True((await ActAsync(connection, SweepAction.Delete)).Done);
        var refused = await connection.Grains.GetGrain<ISweepGrain>("chaos").Submit(new(TestCluster.Spec, TestCluster.Network), Token);
        Assert.Equal("chaos, a sweep that is being deleted", Assert.Single(refused.Errors).Found);
        await connection.DisposeAsync();
        cluster.Silos[0].Kill();
        await cluster.AddSiloAsync(slots: 2);
        await using var again = await cluster.ConnectAsync(silo: 1);
        await TestCluster.UntilAsync(async () => await again.Grains.GetGrain<ISweepGrain>("chaos").Describe() is null, "the sweep is gone");
        Assert.Empty(await LeftOfAsync(cluster, first.SweepId));
        Assert.Empty(await again.Grains.GetGrain<ISweepIndexGrain>(0).List(Token));
        var second = await TestCluster.SubmitAsync(again);
        Assert.NotEqual(first.SweepId, second.SweepId);
        Assert.Equal(undisturbed.Csv, (await TestCluster.ResultsAsync(again)).Csv);
    }

    /// <summary>A configuration's row that the sweep does not plan any more, as when another rate was chosen to be confirmed.</summary>
    private static async Task PlantAsync(TestCluster cluster, string sweepId)
    {
        var states = new TableServiceClient(cluster.ConnectionString).GetTableClient("OrleansGrainState");
        var prefix = $"smallbatch_configuration_{sweepId}.";
        var row = await states.QueryAsync<TableEntity>(r => r.PartitionKey.CompareTo(prefix) > 0 && r.RowKey == "configuration", cancellationToken: Token).FirstAsync(Token);
        await states.AddEntityAsync(new TableEntity(row) { PartitionKey = $"{prefix}m=4.lr=1.confirm.0123456789ab" }, Token);
    }

    private static Task<ActionReply> ActAsync(ClusterConnection connection, SweepAction action) =>
        connection.Grains.GetGrain<ISweepGrain>("chaos").Act(action, null, Token);

    private static Task UntilNothingTrainsAsync(ClusterConnection connection, int hosts = 1) => TestCluster.UntilAsync(
        async () => await connection.Grains.GetGrain<IGpuPoolGrain>("default").Describe() is { Leases: [], Queue: [] } pool && pool.Hosts.Length >= hosts,
        "no lease is left");

    /// <summary>Rows and blobs whose key or name speaks of a sweep.</summary>
    private static async Task<IReadOnlyList<string>> LeftOfAsync(TestCluster cluster, string sweepId)
    {
        var found = new List<string>();
        var tables = new TableServiceClient(cluster.ConnectionString);
        await foreach (var table in tables.QueryAsync(cancellationToken: Token))
        {
            await foreach (var row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Token))
            {
                if ($"{row.PartitionKey} {row.RowKey}".Contains(sweepId, StringComparison.Ordinal))
                {
                    found.Add($"{table.Name}: {row.PartitionKey} {row.RowKey}");
                }
            }
        }

        var blobs = new BlobServiceClient(cluster.ConnectionString);
        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: Token))
        {
            await foreach (var blob in blobs.GetBlobContainerClient(container.Name).GetBlobsAsync(cancellationToken: Token))
            {
                if (blob.Name.Contains(sweepId, StringComparison.Ordinal))
                {
                    found.Add($"{container.Name}: {blob.Name}");
                }
            }
        }

        return found;
    }
}
