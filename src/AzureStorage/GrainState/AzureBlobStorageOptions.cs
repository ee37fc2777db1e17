using Azure.Storage.Blobs;
using Orleans.Storage;

namespace Orleans.Configuration;

/// <summary>Options of grain state in Azure blobs.</summary>
public sealed class AzureBlobStorageOptions
{
    /// <summary>Account; required.</summary>
    public BlobServiceClient? BlobServiceClient { get; set; }

    /// <summary>Container, 3 to 63 of a-z, 0-9 and single '-'; created where missing. Blob names lack the service's id: one container a service.</summary>
    public string ContainerName { get; set; } = "grainstate";

    /// <summary>Whether clearing removes the blob; otherwise an empty one stays, with a new ETag. Default true.</summary>
    public bool DeleteStateOnClear { get; set; } = true;

    /// <summary>When in the silo's life the container is made ready.</summary>
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

    /// <summary>Serialiser; the silo's default where none is set. Choose one that a renamed class survives.</summary>
    public IGrainStorageSerializer? GrainStorageSerializer { get; set; }

    /// <summary>Makes what chooses a grain's container; by default one container for all.</summary>
    public Func<IServiceProvider, AzureBlobStorageOptions, IBlobContainerFactory> BuildContainerFactory { get; set; } =
        static (_, options) => new DefaultBlobContainerFactory(options);
}
