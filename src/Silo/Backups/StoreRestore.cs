using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Backups;

/// <summary>
/// Puts a backup into a store that has nothing of the service. The store is marked meanwhile: no silo joins it, and the same restore may be run
/// again after it was interrupted. Nothing is ever overwritten.
/// </summary>
/// <param name="tables">The store's tables.</param>
/// <param name="blobs">The store's blobs.</param>
/// <param name="serviceId">The service that silos will name.</param>
/// <param name="say">Takes a line for each step that is done.</param>
internal sealed class StoreRestore(TableServiceClient tables, BlobServiceClient blobs, string serviceId, Action<string> say)
{
    private const int WritesTogether = 8;
    private readonly StoreFormatTable formats = new(tables);

    /// <summary>Restores it. Throws <see cref="BackupException"/> or <see cref="StoreFormatException"/>, with nothing written, where backup or store are not fit.</summary>
    public async Task<BackupManifest> RunAsync(BackupFolder folder, CancellationToken cancellationToken)
    {
        var (manifest, hash) = await folder.VerifyAsync(cancellationToken);
        if (manifest.ServiceId != serviceId)
        {
            throw new BackupException($"{folder.Path}: found the state of service {manifest.ServiceId}, wanted that of {serviceId}; name it by --service-id, and for the silos by Cluster:ServiceId.");
        }

        if (StoreFormat.Refusal(new(manifest.StoreFormat, manifest.StoreRelease, null, default)) is { } refusal)
        {
            throw new StoreFormatException($"{folder.Path}: {refusal}");
        }

        say($"verified {folder.Path}: backup {hash[..12]} of {manifest.Began:yyyy-MM-dd HH:mm:ss}Z");
        await MarkAsync(hash[..12], cancellationToken);
        foreach (var list in manifest.Files)
        {
            await (list.Kind == ListedKind.Table ? RestoreRowsAsync(folder, list, cancellationToken) : RestoreBlobsAsync(folder, list, cancellationToken));
            say(list.Describe());
        }

        await IndexAsync(folder, manifest, cancellationToken);
        var marked = await formats.ReadAsync(cancellationToken) ?? throw Changed();
        await formats.EndRestoreAsync(marked.Restoring == hash[..12] ? marked : throw Changed(), manifest.StoreFormat, manifest.StoreRelease, cancellationToken);
        return manifest;

        static StoreFormatException Changed() => new("The store: found the mark of the restore gone, wanted nobody else to use it; restore into an account that nothing else uses.");
    }

    /// <summary>Marks the store, unless a run before this one has. Then it looks whether there is anything: what joins after the mark reads it first.</summary>
    private async Task MarkAsync(string backup, CancellationToken cancellationToken)
    {
        var before = await formats.ReadAsync(cancellationToken);
        if (before?.Restoring == backup)
        {
            say("goes on with a restore that was interrupted");
            return;
        }

        var marked = before is null && await formats.TryBeginRestoreAsync(backup, cancellationToken);
        var found = await StoreContent.FindAsync(tables, blobs, cancellationToken);
        if (marked && found.Count == 0)
        {
            return;
        }

        if (marked)
        {
            await formats.AbandonRestoreAsync((await formats.ReadAsync(cancellationToken))!, cancellationToken);
        }

        throw Refused([.. found, .. before?.Restoring is { } other ? [$"the mark of a restore of backup {other} that has not ended, in table {StoreFormatTable.Name}"] : marked ? Array.Empty<string>() : [$"the format's row in table {StoreFormatTable.Name}, which silos write before they join"]]);
    }

    private static BackupException Refused(IEnumerable<string> found) => new(
        $"The store: found {string.Join(", ", found)}, wanted nothing of the service, since a restore overwrites nothing; "
        + "restore into another account, or stop the silos and delete these tables and containers.");

    private Task RestoreRowsAsync(BackupFolder folder, ListedFile list, CancellationToken cancellationToken) =>
        list.Count == 0 ? Task.CompletedTask : RestoreRowsAsync(tables.GetTableClient(list.Name), RowGroups.OfAsync(folder.LinesAsync(list, cancellationToken), cancellationToken), cancellationToken);

    private static async Task RestoreRowsAsync(TableClient table, IAsyncEnumerable<IReadOnlyList<TableEntity>> groups, CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = WritesTogether, CancellationToken = cancellationToken }, async (group, token) =>
        {
            try
            {
                await table.SubmitTransactionAsync(group.Select(r => new TableTransactionAction(TableTransactionActionType.Add, r)), token);
            }
            catch (RequestFailedException failure) when (failure.Status == 409)
            {
                // An interrupted run, or a try whose answer was lost, got as far as some of them.
                foreach (var row in group)
                {
                    await AddAsync(table, row, token);
                }
            }
        });
    }

    private static async Task AddAsync(TableClient table, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            // It is there.
        }
    }

    private async Task RestoreBlobsAsync(BackupFolder folder, ListedFile list, CancellationToken cancellationToken)
    {
        var container = blobs.GetBlobContainerClient(list.Name);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await Parallel.ForEachAsync(folder.BlobsAsync(list, cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = WritesTogether, CancellationToken = cancellationToken }, async (blob, token) =>
        {
            try
            {
                await container.GetBlobClient(blob.Name).UploadAsync(folder.ContentOf(blob.Sha256), overwrite: false, token);
            }
            catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.BlobAlreadyExists)
            {
                // It is there.
            }
        });
    }

    /// <summary>Marks every sweep as unfinished: the pool's first activation wakes each, and each finds out by its rows how it stands.</summary>
    private async Task IndexAsync(BackupFolder folder, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var index = new SweepIndexTable(tables);
        var prefix = SweepRows.Prefix(manifest.ServiceId);
        await foreach (var line in folder.LinesAsync(manifest.Files.Single(f => f.File == BackupOrder.SweepsFile), cancellationToken))
        {
            await index.MarkAsync(RowText.Read(line).PartitionKey[prefix.Length..], unfinished: true, cancellationToken);
        }
    }
}
