using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Backups;

/// <summary>Whether a store has anything of the service.</summary>
internal static class StoreContent
{
    /// <summary>Tables with a row and containers with a blob, the format's own row left out.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(TableServiceClient tables, BlobServiceClient blobs, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        foreach (var name in StoreTables.Names.Where(n => n != StoreFormatTable.Name))
        {
            if (await AnyRowAsync(tables.GetTableClient(name), cancellationToken))
            {
                found.Add($"rows in table {name}");
            }
        }

        foreach (var name in StoreContainers.Names)
        {
            if (await blobs.GetBlobContainerClient(name).ListBlobsAsync("", cancellationToken).AnyAsync(cancellationToken))
            {
                found.Add($"blobs in container {name}");
            }
        }

        return found;
    }

    private static async Task<bool> AnyRowAsync(TableClient table, CancellationToken cancellationToken)
    {
        try
        {
            return await table.QueryAsync<TableEntity>(maxPerPage: 1, cancellationToken: cancellationToken).AnyAsync(cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return false;
        }
    }
}
