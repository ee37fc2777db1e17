using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Storage;
using SmallBatch.AzureStorage.Configuration;

[assembly: RegisterProvider("AzureTableStorage", "GrainStorage", "Silo", typeof(AzureTableGrainStorageProviderBuilder))]

namespace SmallBatch.AzureStorage.Configuration;

/// <summary><c>Orleans:GrainStorage:NAME:ProviderType = AzureTableStorage</c>.</summary>
internal sealed class AzureTableGrainStorageProviderBuilder : IProviderBuilder<ISiloBuilder>
{
    /// <inheritdoc/>
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.AddAzureTableGrainStorage(name ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, options => options.Configure<IServiceProvider>((o, services) =>
        {
            o.TableName = configurationSection[nameof(o.TableName)] ?? o.TableName;
            o.TableServiceClient = ConfiguredClients.Tables(configurationSection, services);
            o.GrainStorageSerializer = configurationSection["SerializerKey"] is { Length: > 0 } key ? services.GetRequiredKeyedService<IGrainStorageSerializer>(key) : o.GrainStorageSerializer;
        }));
}
