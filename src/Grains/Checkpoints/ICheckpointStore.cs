namespace SmallBatch.Grains.Checkpoints;

/// <summary>The blobs of checkpoints; implemented by the silo.</summary>
public interface ICheckpointStore
{
    /// <summary>Deletes blobs; one that is not there any more without complaint.</summary>
    Task DeleteAsync(IEnumerable<string> blobNames, CancellationToken cancellationToken);

    /// <summary>For a sweep that is being deleted: deletes up to so many of its checkpoints. True where there were any.</summary>
    Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken);

    /// <summary>A fresh listing of the blobs whose names begin with <paramref name="prefix"/>, in order of their names.</summary>
    IAsyncEnumerable<CheckpointBlob> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>SHA-256 of a blob's content, hex; null where it is not there.</summary>
    Task<string?> HashAsync(string blobName, CancellationToken cancellationToken);
}

/// <summary>A checkpoint's blob, referred to or not.</summary>
/// <param name="Name">Its name in the checkpoint container.</param>
/// <param name="WrittenAt">When it was written, by the store's time.</param>
/// <param name="Bytes">Its length.</param>
public sealed record CheckpointBlob(string Name, DateTimeOffset WrittenAt, long Bytes);
