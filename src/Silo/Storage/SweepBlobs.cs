using Azure.Storage.Blobs;

namespace SmallBatch.Silo.Storage;

/// <summary>All blobs of a sweep: their names begin with its id and a dot, as its configurations' keys do.</summary>
internal static class SweepBlobs
{
    /// <summary>Deletes up to <paramref name="most"/> of them. True where there were any.</summary>
    public static Task<bool> DeleteSweepAsync(this BlobContainerClient container, string sweepId, int most, CancellationToken cancellationToken) =>
        container.DeleteBlobsAsync($"{sweepId}.", most, cancellationToken);

    /// <summary>Deletes up to <paramref name="most"/> whose names begin so. True where there were any; none where there is no container.</summary>
    public static async Task<bool> DeleteBlobsAsync(this BlobContainerClient container, string prefix, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await foreach (var blob in container.ListBlobsAsync(prefix, cancellationToken))
        {
            await container.GetBlobClient(blob.Name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
            if (++deleted == most)
            {
                break;
            }
        }

        return deleted > 0;
    }
}
