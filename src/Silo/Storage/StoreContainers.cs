namespace SmallBatch.Silo.Storage;

/// <summary>Every container of the store.</summary>
internal static class StoreContainers
{
    /// <summary>Their names.</summary>
    public static readonly IReadOnlyList<string> Names = [CheckpointBlobs.ContainerName, AttemptLogBlobs.ContainerName];
}
