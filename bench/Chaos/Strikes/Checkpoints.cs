using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>Checkpoints as they lie in the store.</summary>
internal static class Checkpoints
{
    /// <summary>Name of their container.</summary>
    public const string Container = "smallbatch-checkpoints";

    /// <summary>Names of those whose name begins so.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(string connectionString, string prefix, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var blob in new BlobContainerClient(connectionString, Container).GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            names.Add(blob.Name);
        }

        return names;
    }
}
