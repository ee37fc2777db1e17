using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Backups;

/// <summary>Copies a store into a folder, also while silos write it (<see cref="BackupOrder"/>). Memory stays flat: a page of rows, and some blobs at a time.</summary>
/// <param name="tables">The store's tables.</param>
/// <param name="blobs">The store's blobs.</param>
/// <param name="serviceId">The service whose state it is.</param>
/// <param name="time">Time.</param>
/// <param name="say">Takes a line for each step that is done.</param>
internal sealed class StoreBackup(TableServiceClient tables, BlobServiceClient blobs, string serviceId, TimeProvider time, Action<string> say)
{
    private const int BlobsTogether = 8;

    /// <summary>A row may be a megabyte, and the service's own thousand of them is more than a small container has.</summary>
    private const int RowsOfPage = 100;

    /// <summary>Takes it. Throws <see cref="BackupException"/> or <see cref="StoreFormatException"/> where folder or store are not fit.</summary>
    public async Task<BackupManifest> TakeAsync(BackupFolder folder, CancellationToken cancellationToken)
    {
        var format = await new StoreFormatTable(tables).ReadAsync(cancellationToken);
        if (StoreFormat.Refusal(format) is { } refusal)
        {
            throw new StoreFormatException(refusal);
        }

        folder.Begin();
        var began = time.GetUtcNow();
        var files = new List<ListedFile>();
        var taken = new HashSet<(string Container, string Blob)>();
        foreach (var step in BackupOrder.Of(serviceId))
        {
            await using var list = folder.List(step.File, step.Kind, step.Name);
            await (step.Kind == ListedKind.Table ? TakeRowsAsync(step, list, cancellationToken) : TakeBlobsAsync(folder, step, list, taken, cancellationToken));
            files.Add(list.Done());
            say(files[^1].Describe());
        }

        var manifest = new BackupManifest(
            BackupManifest.CurrentForm, format?.Number ?? 0, format?.Release ?? "unknown", Release.Name, serviceId, began, time.GetUtcNow(), files, BackupOrder.LeftOut);
        folder.Finish(manifest);
        return manifest;
    }

    private async Task TakeRowsAsync(BackupStep step, ListWriter list, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var row in tables.GetTableClient(step.Name).QueryAsync<TableEntity>(step.Filter, RowsOfPage, cancellationToken: cancellationToken))
            {
                await list.AddAsync(json => RowText.Write(json, row), 0, cancellationToken);
            }
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Nobody has made the table yet.
        }
    }

    private async Task TakeBlobsAsync(BackupFolder folder, BackupStep step, ListWriter list, HashSet<(string, string)> taken, CancellationToken cancellationToken)
    {
        var container = blobs.GetBlobContainerClient(step.Name);
        await foreach (var together in container.ListBlobsAsync("", cancellationToken).Where(b => taken.Add((step.Name, b.Name))).Chunk(BlobsTogether).WithCancellation(cancellationToken))
        {
            foreach (var blob in (await Task.WhenAll(together.Select(b => TakeAsync(folder, container.GetBlobClient(b.Name), cancellationToken)))).OfType<ListedBlob>())
            {
                await list.AddAsync(json => JsonSerializer.Serialize(json, blob, BackupManifest.Line), blob.Bytes, cancellationToken);
            }
        }
    }

    /// <summary>Takes one blob; null where it was deleted since it was listed, or written anew while it was read.</summary>
    private static async Task<ListedBlob?> TakeAsync(BackupFolder folder, BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
            var (bytes, sha256) = await folder.KeepAsync(answer.Content, cancellationToken);
            return new(blob.Name, bytes, sha256);
        }
        catch (RequestFailedException failure) when (failure.Status is 404 or 412)
        {
            return null;
        }
    }
}
