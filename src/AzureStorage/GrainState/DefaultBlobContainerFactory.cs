using Azure.Storage.Blobs;
using Orleans.Configuration;

namespace Orleans.Storage;

/// <summary>One container for all grains, created where missing.</summary>
internal sealed class DefaultBlobContainerFactory(AzureBlobStorageOptions options) : IBlobContainerFactory
{
    private BlobContainerClient? container;

    /// <inheritdoc/>
    public BlobContainerClient GetBlobContainerClient(GrainId grainId) =>
        container ?? throw new InvalidOperationException("The container was asked for before it was made ready.");

    /// <inheritdoc/>
    public async Task InitializeAsync(BlobServiceClient client)
    {
        container = client.GetBlobContainerClient(options.ContainerName);
        await container.CreateIfNotExistsAsync();
    }
}
