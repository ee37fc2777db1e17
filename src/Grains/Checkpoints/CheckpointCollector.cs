using Microsoft.Extensions.Options;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Grains.Checkpoints;

/// <summary>What a pass of the collector found.</summary>
/// <param name="Collected">Blobs deleted.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="Spared">Blobs left that the next pass may collect.</param>
/// <param name="Referenced">Configurations whose rows refer to blobs.</param>
internal sealed record Collection(int Collected, long Bytes, int Spared, IReadOnlyList<string> Referenced)
{
    /// <summary>Nothing.</summary>
    public static Collection None { get; } = new(0, 0, 0, []);

    /// <summary>Both.</summary>
    public Collection And(Collection other) => new(Collected + other.Collected, Bytes + other.Bytes, Spared + other.Spared, [.. Referenced, .. other.Referenced]);
}

/// <summary>
/// Deletes checkpoints that nobody refers to. It remembers nothing and deletes nothing that it has not judged in the same
/// pass, so it may be stopped and repeated at any time.
/// </summary>
internal sealed class CheckpointCollector(ICheckpointStore store, ConfigurationRows rows, IOptions<CollectorOptions> options)
{
    /// <summary>Collects what a sweep has left, configuration by configuration.</summary>
    public async Task<Collection> CollectSweepAsync(string sweepId, CancellationToken cancellationToken)
    {
        var owners = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var blob in store.ListAsync($"{sweepId}.", cancellationToken))
        {
            owners.Add(blob.Name.Split('/')[0]);
        }

        var all = Collection.None;
        foreach (var owner in owners)
        {
            all = all.And(await CollectAsync(owner, cancellationToken));
        }

        return all;
    }

    /// <summary>Collects what one configuration has left.</summary>
    public async Task<Collection> CollectAsync(string configurationKey, CancellationToken cancellationToken)
    {
        // The row first: what is uploaded after it is younger, and spared.
        var row = await rows.ReadAsync(configurationKey, cancellationToken);
        var found = Collection.None;
        await foreach (var blob in store.ListAsync($"{configurationKey}/", cancellationToken))
        {
            switch (CollectionPolicy.Judge(blob, row, options.Value.SpareFor))
            {
                case BlobFate.Garbage:
                    await store.DeleteAsync([blob.Name], cancellationToken);
                    found = found with { Collected = found.Collected + 1, Bytes = found.Bytes + blob.Bytes };
                    break;
                case BlobFate.Young or BlobFate.Current:
                    found = found with { Spared = found.Spared + 1 };
                    break;
                case BlobFate.Referenced:
                    found = found with { Referenced = [configurationKey] };
                    break;
                default:
                    break;
            }
        }

        return found;
    }
}
