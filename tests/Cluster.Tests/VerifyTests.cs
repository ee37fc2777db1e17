using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Bench.Chaos.Strikes;
using SmallBatch.Client.Cluster;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary><c>sweep verify</c> on real processes: what is made wrong in the store is named, and nothing else.</summary>
public sealed class VerifyTests
{
    private static readonly string[] ShortCollector = ["--Collector:SpareFor=00:00:02", "--Collector:Period=00:00:01"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sweep_is_clean_and_each_thing_made_wrong_in_the_store_is_named()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(slots: 2, ShortCollector);
        await using var connection = await cluster.ConnectAsync();
        Assert.Null(await connection.Grains.GetGrain<ISweepGrain>("none").Verify(Token));
        var sweep = await TestCluster.SubmitAsync(connection);

        // A configuration's row and checkpoint as they are in the middle of its training, to be put back at the end.
        var tables = new TableServiceClient(cluster.ConnectionString);
        var checkpoints = new BlobServiceClient(cluster.ConnectionString).GetBlobContainerClient("smallbatch-checkpoints");
        var logs = new BlobServiceClient(cluster.ConnectionString).GetBlobContainerClient("smallbatch-logs");
        var cell = await TestCluster.UntilEpochAsync(connection, sweep, 10);
        await Processes.UntilAsync(async () => (await Checkpoints.ListAsync(cluster.ConnectionString, $"{cell.Key}/", Token)).Count > 1, "checkpoints are stored");
        var states = tables.GetTableClient("OrleansGrainState");
        var partition = $"smallbatch_configuration_{cell.Key}";
        var old = (await states.GetEntityAsync<TableEntity>(partition, "configuration", cancellationToken: Token)).Value;
        Assert.Empty((await VerifyAsync(connection)).Disagreements);
        await TestCluster.ResultsAsync(connection);
        var index = tables.GetTableClient("SmallBatchSweeps");
        await Processes.UntilAsync(async () => !await index.QueryAsync<TableEntity>("Unfinished eq true", cancellationToken: Token).AnyAsync(Token), "nothing is left to collect");
        var clean = await VerifyAsync(connection);
        Assert.Empty(clean.Disagreements);
        Assert.Equal(clean.Configurations, clean.StateRows);
        Assert.True(clean.ResultRows >= 12 && clean.AttemptRows >= clean.Configurations && clean.Checkpoints == 0 && clean.Logs > 0, clean.ToString());

        // Rows: each is changed, named, and put back.
        var results = tables.GetTableClient("SmallBatchResults");
        var attempts = tables.GetTableClient("SmallBatchAttempts");
        var result = await results.QueryAsync<TableEntity>(r => r.PartitionKey == sweep.SweepId, cancellationToken: Token).FirstAsync(r => r.GetString("ConfigurationKey") == cell.Key, Token);
        var attempt = await attempts.QueryAsync<TableEntity>(r => r.PartitionKey == sweep.SweepId, cancellationToken: Token).FirstAsync(r => r.GetString("ConfigurationKey") == cell.Key, Token);
        await NamedWithoutAsync(results, result, cell.Key, "the sweep is completed, and the result rows of replicas [0] are missing");
        await NamedWithoutAsync(attempts, attempt, cell.Key, "its results are stored, and no attempt that completed");
        await NamedAsAsync(results, new TableEntity(result) { ["Payload"] = new byte[] { 1, 2, 3 } }, result, $"SmallBatchResults {result.RowKey}", "the row cannot be read");
        await NamedAsAsync(results, new TableEntity(result) { ["ConfigurationKey"] = $"{sweep.SweepId}.m=9.x" }, result, $"SmallBatchResults {result.RowKey}", "its configuration");
        await NamedAsAsync(attempts, new TableEntity(attempt) { ["Run"] = "{" }, attempt, $"SmallBatchAttempts {attempt.RowKey}", "the row cannot be read");
        var row = await index.GetEntityAsync<TableEntity>("sweeps", "chaos", cancellationToken: Token);
        await NamedWithoutAsync(index, row.Value, "chaos", "the index of sweeps does not have it");

        // Blobs.
        var orphan = $"{cell.Key}/0000000001-0000000000-{Guid.Empty:N}-000000000040.safetensors";
        await NamedBlobAsync(checkpoints, orphan, "no row refers to this checkpoint");
        await NamedBlobAsync(checkpoints, $"{cell.Key}/notes.txt", "it lies among the checkpoints, and its name is none");

        // Logs: a long one is a blob, and no container is there before the first.
        const string unknownAttempt = "it is the log of an attempt that its configuration's row does not know";
        await logs.CreateIfNotExistsAsync(cancellationToken: Token);
        await NamedBlobAsync(logs, $"{cell.Key}/000099.log", unknownAttempt);
        var logRows = tables.GetTableClient("SmallBatchLogs");
        var log = new TableEntity(sweep.SweepId, $"{cell.Key}|000099");
        await logRows.AddEntityAsync(log, Token);
        await ExpectAsync($"{cell.Key}/000099.log", unknownAttempt);
        await logRows.DeleteEntityAsync(log, cancellationToken: Token);

        // The row of a configuration that trains, as a store that lost minutes would have it.
        var done = (await states.GetEntityAsync<TableEntity>(partition, "configuration", cancellationToken: Token)).Value;
        await states.UpsertEntityAsync(old, TableUpdateMode.Replace, Token);
        await ExpectAsync(cell.Key, "its results are stored, and its row still trains or refers to checkpoints");
        await ExpectAsync(cell.Key, "its row refers to the checkpoint at step");
        await states.UpsertEntityAsync(done, TableUpdateMode.Replace, Token);
        Assert.Empty((await VerifyAsync(connection)).Disagreements);

        // What is missing is trained again, to the same bytes.
        await results.DeleteEntityAsync(result, cancellationToken: Token);
        await TestCluster.SubmitAsync(connection);
        await TestCluster.ResultsAsync(connection);
        Assert.Equal(result.GetBinary("Payload"), (await results.GetEntityAsync<TableEntity>(result.PartitionKey, result.RowKey, cancellationToken: Token)).Value.GetBinary("Payload"));

        async Task ExpectAsync(string where, string what) =>
            Assert.Contains((await VerifyAsync(connection)).Disagreements, d => d.Where == where && d.What.StartsWith(what, StringComparison.Ordinal));

        async Task NamedWithoutAsync(TableClient table, TableEntity entity, string where, string what)
        {
            await table.DeleteEntityAsync(entity, cancellationToken: Token);
            await ExpectAsync(where, what);
            await table.AddEntityAsync(entity, Token);
        }

        async Task NamedAsAsync(TableClient table, TableEntity wrong, TableEntity right, string where, string what)
        {
            await table.UpsertEntityAsync(wrong, TableUpdateMode.Replace, Token);
            await ExpectAsync(where, what);
            await table.UpsertEntityAsync(right, TableUpdateMode.Replace, Token);
        }

        async Task NamedBlobAsync(BlobContainerClient container, string name, string what)
        {
            await container.UploadBlobAsync(name, BinaryData.FromString("by hand"), Token);
            await Processes.UntilAsync(
                async () => (await VerifyAsync(connection)).Disagreements.Any(d => d.Where == name && d.What.StartsWith(what, StringComparison.Ordinal)),
                $"{name} is old enough to be named");
            await container.DeleteBlobAsync(name, cancellationToken: Token);
        }
    }

    private static async Task<SweepVerification> VerifyAsync(ClusterConnection connection) => (await connection.Grains.GetGrain<ISweepGrain>("chaos").Verify(Token))!;
}
