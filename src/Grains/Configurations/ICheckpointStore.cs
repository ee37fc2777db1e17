namespace SmallBatch.Grains.Configurations;

/// <summary>The blobs of checkpoints; implemented by the silo.</summary>
public interface ICheckpointStore
{
    /// <summary>Deletes blobs that are not there any more without complaint.</summary>
    Task DeleteAsync(IEnumerable<string> blobNames, CancellationToken cancellationToken);

    /// <summary>Deletes every checkpoint of a configuration: nothing refers to them once its rows are stored.</summary>
    Task DeleteAllAsync(string configurationKey, CancellationToken cancellationToken);

    /// <summary>For a sweep that is being deleted: deletes up to so many of its checkpoints. True where there were any.</summary>
    Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken);
}
