using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SmallBatch.Silo.Storage;

/// <summary>All blobs of a sweep: their names begin with its id and a dot, as its configurations' keys do.</summary>
internal static class SweepBlobs
{
    /// <summary>Deletes up to <paramref name="most"/> of them. True where there were any.</summary>
    public static async Task<bool> DeleteSweepAsync(this BlobContainerClient container, string sweepId, int most, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{sweepId}.", cancellationToken))
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
