using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Bench.Chaos.Strikes;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a sweep leaves in the store, on real processes.</summary>
public sealed class CollectorTests
{
    private static readonly string[] ShortCollector = ["--Collector:SpareFor=00:00:20", "--Collector:Period=00:00:01"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Checkpoints_outlive_their_record_and_no_orphan_remains_of_a_sweep_that_is_over_though_its_silo_dies()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(slots: 2, ShortCollector);
        var connection = await cluster.ConnectAsync();
        var checkpoints = new BlobServiceClient(cluster.ConnectionString).GetBlobContainerClient("smallbatch-checkpoints");

        var dropped = connection.Grains.GetGrain<ISweepGrain>("dropped");
        var cancelled = (await dropped.Submit(new(TestCluster.Spec.Replace("name: chaos", "name: dropped", StringComparison.Ordinal), TestCluster.Network), Token)).Sweep!;
        await Processes.UntilAsync(async () => (await Checkpoints.ListAsync(cluster.ConnectionString, $"{cancelled.SweepId}.", Token)).Count > 0, "a checkpoint is stored");
        Assert.True((await dropped.Act(SweepAction.Cancel, null, Token)).Done);

        // What a lost host uploaded and told nobody of, and what is no checkpoint at all.
        var sweep = await TestCluster.SubmitAsync(connection);
        await Processes.UntilAsync(async () => (await Checkpoints.ListAsync(cluster.ConnectionString, $"{sweep.SweepId}.", Token)).Count > 0, "a checkpoint is stored");
        var name = (await Checkpoints.ListAsync(cluster.ConnectionString, $"{sweep.SweepId}.", Token))[0];
        var orphan = Regex.Replace(name, "/[0-9]+-[0-9]+-", "/0000000001-0000000000-");
        var foreign = $"{name.Split('/')[0]}/notes.txt";
        await checkpoints.UploadBlobAsync(orphan, BinaryData.FromString("orphan"), Token);
        await checkpoints.UploadBlobAsync(foreign, BinaryData.FromString("mine"), Token);

        await TestCluster.ResultsAsync(connection);
        await connection.DisposeAsync();
        cluster.Silos[0].Kill();
        Assert.Contains(await Checkpoints.ListAsync(cluster.ConnectionString, $"{sweep.SweepId}.", Token), n => n != orphan && n != foreign);

        await cluster.AddSiloAsync(slots: 2, ShortCollector);
        await Processes.UntilAsync(async () => (await Checkpoints.ListAsync(cluster.ConnectionString, $"{sweep.SweepId}.", Token)).Count == 1 && (await Checkpoints.ListAsync(cluster.ConnectionString, $"{cancelled.SweepId}.", Token)).Count == 0, "no orphan is left");
        Assert.Equal([foreign], await Checkpoints.ListAsync(cluster.ConnectionString, $"{sweep.SweepId}.", Token));
        var index = new TableServiceClient(cluster.ConnectionString).GetTableClient("SmallBatchSweeps");
        await Processes.UntilAsync(async () => !await index.QueryAsync<TableEntity>("Unfinished eq true", cancellationToken: Token).AnyAsync(Token), "nothing is left to collect");
    }
}
