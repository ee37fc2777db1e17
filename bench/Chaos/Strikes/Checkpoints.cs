using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>Checkpoints as they lie in the store.</summary>
internal static class Checkpoints
{
    /// <summary>Name of their container.</summary>
    public const string Container = "smallbatch-checkpoints";

    /// <summary>Names of those whose name begins so; none where no checkpoint was ever stored.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(string connectionString, string prefix, CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(connectionString, Container);
        var names = new List<string>();
        if (await container.ExistsAsync(cancellationToken))
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
            {
                names.Add(blob.Name);
            }
        }

        return names;
    }
}
