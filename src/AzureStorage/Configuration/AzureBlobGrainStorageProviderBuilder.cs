using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;
using SmallBatch.AzureStorage.Configuration;

[assembly: RegisterProvider("AzureBlobStorage", "GrainStorage", "Silo", typeof(AzureBlobGrainStorageProviderBuilder))]

namespace SmallBatch.AzureStorage.Configuration;

/// <summary><c>Orleans:GrainStorage:NAME:ProviderType = AzureBlobStorage</c>.</summary>
internal sealed class AzureBlobGrainStorageProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    /// <inheritdoc/>
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.AddAzureBlobGrainStorage(name ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, options => options.Configure<IServiceProvider>((o, services) =>
        {
            o.ContainerName = configurationSection[nameof(o.ContainerName)] ?? o.ContainerName;
            o.BlobServiceClient = ConfiguredClients.Blobs(configurationSection, services);
            o.GrainStorageSerializer = configurationSection["SerializerKey"] is { Length: > 0 } key ? services.GetRequiredKeyedService<IGrainStorageSerializer>(key) : o.GrainStorageSerializer;
        }));
}
