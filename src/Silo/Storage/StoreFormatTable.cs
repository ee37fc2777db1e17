using Azure;
using Azure.Data.Tables;
using SmallBatch.Contracts.Releases;

namespace SmallBatch.Silo.Storage;

/// <summary>The one row that says which format the store has, and whether a backup is being restored into it. Every write of it is conditional.</summary>
internal sealed class StoreFormatTable(TableServiceClient service)
{
    /// <summary>The table.</summary>
    public const string Name = "SmallBatchStore";

    private const string Partition = "store";
    private const string Row = "format";
    private readonly TableClient table = service.GetTableClient(Name);

    /// <summary>What the store says; null where it says nothing.</summary>
    public async Task<StoredFormat?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
            return row is { HasValue: true, Value: { } found }
                ? new(found.GetInt32("Format") ?? 0, found.GetString("Release") ?? "unknown", found.GetString("Restoring"), found.ETag)
                : null;
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// Makes sure that the store may be used, and that it says so if this release is the newest that has. Throws <see cref="StoreFormatException"/>
    /// before anything is written where it may not.
    /// </summary>
    public async Task RaiseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await ReadAsync(cancellationToken);
            if (StoreFormat.Refusal(stored) is { } refusal)
            {
                throw new StoreFormatException(refusal);
            }

            if (stored?.Number >= ReleaseFormat.Current || await TryWriteAsync(ReleaseFormat.Current, Release.Name, null, stored?.Tag, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Marks a store, of which nobody has said anything, as one that is being restored. False where it says something already.</summary>
    public Task<bool> TryBeginRestoreAsync(string backup, CancellationToken cancellationToken) =>
        TryWriteAsync(ReleaseFormat.Current, Release.Name, backup, null, cancellationToken);

    /// <summary>Takes the mark away: it is restored, in the format that the backup has.</summary>
    public async Task EndRestoreAsync(StoredFormat marked, int format, string release, CancellationToken cancellationToken)
    {
        if (!await TryWriteAsync(format, release, null, marked.Tag, cancellationToken))
        {
            throw new StoreFormatException("The store: found its format's row changed while a backup was restored, wanted nobody else to use it; restore into an account that nothing else uses.");
        }
    }

    /// <summary>Takes the mark away from a store into which nothing was restored.</summary>
    public Task AbandonRestoreAsync(StoredFormat marked, CancellationToken cancellationToken) => table.DeleteEntityAsync(Partition, Row, marked.Tag, cancellationToken);

    private async Task<bool> TryWriteAsync(int format, string release, string? restoring, ETag? tag, CancellationToken cancellationToken)
    {
        var row = new TableEntity(Partition, Row) { ["Format"] = format, ["Release"] = release };
        if (restoring is not null)
        {
            row["Restoring"] = restoring;
        }

        if (tag is null)
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
        }

        try
        {
            await (tag is { } known ? table.UpdateEntityAsync(row, known, TableUpdateMode.Replace, cancellationToken) : table.AddEntityAsync(row, cancellationToken));
            return true;
        }
        catch (RequestFailedException failure) when (failure.Status is 404 or 409 or 412)
        {
            return false;
        }
    }
}
