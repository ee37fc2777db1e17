using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Client.Azurite;
using SmallBatch.Silo.Backups;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Tests.Backups;

/// <summary>A store that silos write while it is read.</summary>
public sealed class StoreBackupTests : IDisposable
{
    private const string Service = "service";
    private const string Key = "s-1.m=8";
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-backup-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_is_read_later_is_never_older_than_what_refers_to_it_and_no_checkpoint_is_missed()
    {
        await using var azurite = await AzuriteProcess.StartAsync(new(Folder: null), Token);
        var (tables, blobs) = (new TableServiceClient(azurite.ConnectionString), new BlobServiceClient(azurite.ConnectionString));
        var checkpoints = blobs.GetBlobContainerClient(CheckpointBlobs.ContainerName);
        await checkpoints.CreateAsync(cancellationToken: Token);
        await WriteAsync(tables, StoreTables.GrainState, $"{Service}_configuration_{Key}", "configuration", 1);
        await WriteAsync(tables, StoreTables.GrainState, $"{Service}_sweep_s", "sweep", 1);
        await WriteAsync(tables, StoreTables.Leases, "default", "epoch", 1);
        await UploadAsync(checkpoints, "superseded");

        // Between the first step and the last everything goes on: the configuration trains, the pool moves, the sweep is acted upon, results come in.
        var copy = new BackupFolder(Path.Combine(folder, "backup"));
        var manifest = await new StoreBackup(tables, blobs, Service, TimeProvider.System, said => GoOnAsync(said).GetAwaiter().GetResult()).TakeAsync(copy, Token);

        async Task GoOnAsync(string said)
        {
            switch (said.Split(':')[0])
            {
                case "checkpoints.jsonl":
                    await WriteAsync(tables, StoreTables.GrainState, $"{Service}_configuration_{Key}", "configuration", 2);
                    await UploadAsync(checkpoints, "newest");
                    await checkpoints.DeleteBlobAsync("superseded", cancellationToken: Token);
                    break;
                case "configurations.jsonl":
                    await WriteAsync(tables, StoreTables.GrainState, $"{Service}_configuration_{Key}", "configuration", 3);
                    await WriteAsync(tables, StoreTables.GrainState, $"{Service}_sweep_s", "sweep", 3);
                    break;
                case "sweeps.jsonl":
                    await WriteAsync(tables, StoreTables.Leases, "default", "epoch", 4);
                    break;
                case "leases.jsonl":
                    await WriteAsync(tables, StoreTables.Results, "s-1", "Grid.a.0000", 5);
                    break;
                default:
                    break;
            }
        }

        Assert.Equal([2], await NumbersAsync(copy, manifest, "configurations.jsonl"));
        Assert.Equal([3], await NumbersAsync(copy, manifest, BackupOrder.SweepsFile));
        Assert.Equal([4], await NumbersAsync(copy, manifest, "leases.jsonl"));
        Assert.Equal([5], await NumbersAsync(copy, manifest, "results.jsonl"));
        var taken = new[] { "checkpoints.jsonl", "checkpoints-since.jsonl" }.Select(f => manifest.Files.Single(l => l.File == f)).ToList();
        Assert.Equal(["superseded", "newest"], await taken.ToAsyncEnumerable().SelectMany(f => copy.BlobsAsync(f, Token)).Select(b => b.Name).ToListAsync(Token));
        Assert.Equal(manifest.Files.Select(f => f.File), BackupOrder.Of(Service).Select(s => s.File));
        var (verified, _) = await copy.VerifyAsync(Token);
        Assert.Equal(JsonSerializer.Serialize(manifest), JsonSerializer.Serialize(verified));
    }

    private static async Task<IReadOnlyList<int>> NumbersAsync(BackupFolder copy, BackupManifest manifest, string file) =>
        await copy.LinesAsync(manifest.Files.Single(f => f.File == file), Token).Select(l => RowText.Read(l).GetInt32("Number")!.Value).ToListAsync(Token);

    private static async Task WriteAsync(TableServiceClient tables, string table, string partition, string row, int number)
    {
        var client = tables.GetTableClient(table);
        await client.CreateIfNotExistsAsync(Token);
        await client.UpsertEntityAsync(new TableEntity(partition, row) { ["Number"] = number }, TableUpdateMode.Replace, Token);
    }

    private static async Task UploadAsync(BlobContainerClient checkpoints, string name) => await checkpoints.UploadBlobAsync(name, BinaryData.FromString(name), Token);
}
