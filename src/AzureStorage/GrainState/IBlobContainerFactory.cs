using Azure.Storage.Blobs;

namespace Orleans.Storage;

/// <summary>Chooses the container of a grain's state.</summary>
public interface IBlobContainerFactory
{
    /// <summary>The container of this grain's state.</summary>
    BlobContainerClient GetBlobContainerClient(GrainId grainId);

    /// <summary>Makes ready what it needs; called once, before any other.</summary>
    Task InitializeAsync(BlobServiceClient client);
}
