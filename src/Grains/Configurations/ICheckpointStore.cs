namespace SmallBatch.Grains.Configurations;

/// <summary>The blobs of checkpoints; implemented by the silo.</summary>
public interface ICheckpointStore
{
    /// <summary>Deletes blobs that are not there any more without complaint.</summary>
    Task DeleteAsync(IEnumerable<string> blobNames, CancellationToken cancellationToken);

    /// <summary>Deletes every checkpoint of a configuration: nothing refers to them once its rows are stored.</summary>
    Task DeleteAllAsync(string configurationKey, CancellationToken cancellationToken);
}
