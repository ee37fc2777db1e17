using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Client.Azurite;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>A store copied into a folder and back, by the console as an operator runs it.</summary>
public sealed class BackupTests(UndisturbedRun undisturbed) : IDisposable
{
    private const string Results = "SmallBatchResults";
    private static readonly string[] Copied = ["OrleansGrainState", "SmallBatchLeases", Results, "SmallBatchAttempts", "SmallBatchLogs"];
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-backup-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Backup => Path.Combine(folder, "backup");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Taken_in_the_midst_of_a_sweep_and_restored_into_an_empty_account_it_goes_on_by_itself_to_the_same_bytes()
    {
        await using (var first = await TestCluster.StartAsync(silos: 2, slotsEach: 1))
        {
            await using var connection = await first.ConnectAsync();
            var sweep = await TestCluster.SubmitAsync(connection);
            await TestCluster.UntilAsync(async () => (await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe())!.Ended > 0, "one has ended");
            await TestCluster.UntilEpochAsync(connection, sweep, 10);
            var (code, output, errors) = await StoreConsole.RunAsync(first.ConnectionString, "backup", Backup);
            Assert.Equal((0, ""), (code, errors));
            Assert.Contains("backed up: ", output, StringComparison.Ordinal);
            Assert.NotEqual(SweepPhase.Completed, (await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe())!.Phase);
            await first.KillEverythingAsync();
        }

        await using var second = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        var restored = await StoreConsole.RunAsync(second.ConnectionString, "restore", Backup);
        Assert.Equal((0, ""), (restored.Code, restored.Errors));
        Assert.NotEmpty(await StoreCopy.RowsAsync(second.ConnectionString, Results));
        await second.AddSiloAsync(1);
        await second.AddSiloAsync(1);
        await using var again = await second.ConnectAsync();
        var (csv, results) = await TestCluster.ResultsAsync(again);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Contains(results.Runs, r => r.Run.ResumedFromStep > 0);
        Assert.Empty((await again.Grains.GetGrain<ISweepGrain>("chaos").Verify(Token))!.Disagreements);
    }

    [Fact]
    public async Task Every_type_and_byte_comes_back_and_a_restore_that_was_interrupted_keeps_silos_away_until_it_is_run_again()
    {
        await using var from = await AzuriteProcess.StartAsync(new(Folder: null), Token);
        await FillAsync(from.ConnectionString);
        Assert.Equal(0, (await StoreConsole.RunAsync(from.ConnectionString, "backup", Backup)).Code);
        var twice = await StoreConsole.RunAsync(from.ConnectionString, "backup", Backup);
        Assert.Equal((2, $"{Backup}: found a backup, wanted an empty folder or none; name another, or delete it."), (twice.Code, twice.Errors.TrimEnd()));

        await using var to = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        Assert.Equal(0, (await StoreConsole.RunAsync(to.ConnectionString, "restore", Backup)).Code);
        await CompareAsync(from.ConnectionString, to.ConnectionString);

        // As it is after a death in its midst: the mark is there, and not all rows are.
        var format = new TableClient(to.ConnectionString, "SmallBatchStore");
        var mark = new TableEntity("store", "format") { ["Format"] = 1, ["Release"] = "test", ["Restoring"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Backup, "manifest.json"), Token)))[..12] };
        await format.UpsertEntityAsync(mark, TableUpdateMode.Replace, Token);
        var rows = new TableClient(to.ConnectionString, Results);
        await rows.DeleteEntityAsync("many", "00010", cancellationToken: Token);
        await rows.DeleteEntityAsync("types", "all", cancellationToken: Token);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => to.AddSiloAsync(0));
        Assert.Contains("exit code 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"found a restore of backup {mark["Restoring"]} that has not ended", refused.Message, StringComparison.Ordinal);
        var again = await StoreConsole.RunAsync(to.ConnectionString, "restore", Backup);
        Assert.Equal((0, ""), (again.Code, again.Errors));
        Assert.Contains("goes on with a restore that was interrupted", again.Output, StringComparison.Ordinal);
        await CompareAsync(from.ConnectionString, to.ConnectionString);
    }

    [Fact]
    public async Task A_store_that_has_anything_is_left_as_it_is_and_a_damaged_backup_is_not_restored()
    {
        await using var from = await AzuriteProcess.StartAsync(new(Folder: null), Token);
        await FillAsync(from.ConnectionString);
        Assert.Equal(0, (await StoreConsole.RunAsync(from.ConnectionString, "backup", Backup)).Code);

        await using var to = await AzuriteProcess.StartAsync(new(Folder: null), Token);
        var results = Path.Combine(Backup, "results.jsonl");
        var whole = await File.ReadAllTextAsync(results, Token);
        await File.WriteAllTextAsync(results, whole.Replace("Edm.Int32", "Edm.Int64", StringComparison.Ordinal), Token);
        File.Delete(Directory.EnumerateFiles(Path.Combine(Backup, "blobs")).First());
        var damaged = await StoreConsole.RunAsync(to.ConnectionString, "restore", Backup);
        Assert.Equal(2, damaged.Code);
        Assert.Contains($"{results}: found {whole.Length} bytes with SHA-256", damaged.Errors, StringComparison.Ordinal);
        Assert.Contains("found no such file", damaged.Errors, StringComparison.Ordinal);
        Assert.Empty(await Tables(to.ConnectionString));

        var unfinished = Path.Combine(folder, "unfinished");
        Directory.CreateDirectory(Path.Combine(unfinished, "blobs"));
        Assert.Contains("found no manifest.json, wanted a backup that was finished", (await StoreConsole.RunAsync(to.ConnectionString, "restore", unfinished)).Errors, StringComparison.Ordinal);

        var second = Path.Combine(folder, "second");
        Assert.Equal(0, (await StoreConsole.RunAsync(from.ConnectionString, "backup", second)).Code);
        var before = await StoreCopy.RowsAsync(from.ConnectionString, Results);
        var taken = await StoreConsole.RunAsync(from.ConnectionString, "restore", second);
        Assert.Equal(2, taken.Code);
        Assert.StartsWith("The store: found rows in table OrleansGrainState, rows in table SmallBatchResults, blobs in container smallbatch-checkpoints, wanted nothing of the service", taken.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await StoreCopy.RowsAsync(from.ConnectionString, Results));
        Assert.Empty(await StoreCopy.RowsAsync(from.ConnectionString, "SmallBatchStore"));
    }

    private static async Task<IReadOnlyList<string>> Tables(string connectionString) => await new TableServiceClient(connectionString).QueryAsync(cancellationToken: Token).Select(t => t.Name).ToListAsync(Token);

    private static async Task CompareAsync(string from, string to)
    {
        foreach (var table in (await Tables(from)).Intersect(Copied))
        {
            Assert.Equal(await StoreCopy.RowsAsync(from, table), await StoreCopy.RowsAsync(to, table));
        }

        Assert.Equal(await StoreCopy.BlobsAsync(from, "smallbatch-checkpoints"), await StoreCopy.BlobsAsync(to, "smallbatch-checkpoints"));
        Assert.Equal("sweeps|one|PartitionKey=String:sweeps;RowKey=String:one;Unfinished=Boolean:True", Assert.Single(await StoreCopy.RowsAsync(to, "SmallBatchSweeps")));
    }

    /// <summary>A row of every type, more rows of a partition than a transaction takes, large ones, and blobs.</summary>
    private static async Task FillAsync(string connectionString)
    {
        var results = new TableClient(connectionString, Results);
        await results.CreateAsync(Token);
        await results.AddEntityAsync(
            new TableEntity("types", "all")
            {
                ["Text"] = "ä\u2028\"\\\n",
                ["Empty"] = "",
                ["Number"] = 5,
                ["Least"] = int.MinValue,
                ["Long"] = long.MaxValue,
                ["Whole"] = 5.0,
                ["Real"] = 0.1,
                ["Huge"] = double.MaxValue,
                ["Tiny"] = double.Epsilon,
                ["Yes"] = true,
                ["No"] = false,
                ["Id"] = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"),
                ["At"] = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567),
                ["Bytes"] = new byte[] { 0, 255, 10 },
                ["NoBytes"] = Array.Empty<byte>(),
            },
            Token);
        foreach (var chunk in Enumerable.Range(0, 250).Chunk(100))
        {
            await results.SubmitTransactionAsync(chunk.Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("many", $"{i:D5}") { ["Number"] = i })), Token);
        }

        for (var i = 0; i < 60; i++)
        {
            await results.AddEntityAsync(new TableEntity("large", $"{i:D2}") { ["Payload"] = Enumerable.Repeat((byte)i, 60_000).ToArray() }, Token);
        }

        var state = new TableClient(connectionString, "OrleansGrainState");
        await state.CreateAsync(Token);
        await state.AddEntityAsync(new TableEntity("smallbatch_sweep_one", "sweep") { ["Data"] = new byte[] { 1 } }, Token);
        await state.AddEntityAsync(new TableEntity("smallbatch_configuration_one-1.m=8", "configuration") { ["Data"] = new byte[] { 2 } }, Token);
        var checkpoints = new BlobContainerClient(connectionString, "smallbatch-checkpoints");
        await checkpoints.CreateAsync(cancellationToken: Token);
        await checkpoints.UploadBlobAsync("one-1.m=8/a.safetensors", BinaryData.FromBytes(Enumerable.Repeat((byte)7, 300_000).ToArray()), Token);
        await checkpoints.UploadBlobAsync("one-1.m=8/empty", BinaryData.FromBytes(Array.Empty<byte>()), Token);
    }
}
