using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using SmallBatch.AzureStorage.Configuration;
using SmallBatch.AzureStorage.GrainState;

namespace Orleans.Hosting;

/// <summary>Registers grain state in Azure blobs, under the official provider's names.</summary>
public static class AzureBlobSiloBuilderExtensions
{
    /// <summary>Registers it as the default storage.</summary>
    public static ISiloBuilder AddAzureBlobGrainStorageAsDefault(this ISiloBuilder builder, Action<AzureBlobStorageOptions> configureOptions) =>
        builder.AddAzureBlobGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Registers it as the default storage, with options that take services.</summary>
    public static ISiloBuilder AddAzureBlobGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<AzureBlobStorageOptions>>? configureOptions = null) =>
        builder.AddAzureBlobGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Registers it under a name.</summary>
    public static ISiloBuilder AddAzureBlobGrainStorage(this ISiloBuilder builder, string name, Action<AzureBlobStorageOptions> configureOptions) =>
        builder.AddAzureBlobGrainStorage(name, options => options.Configure(configureOptions));

    /// <summary>Registers it under a name, with options that take services.</summary>
    public static ISiloBuilder AddAzureBlobGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AzureBlobStorageOptions>>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<AzureBlobStorageOptions>(name);
        configureOptions?.Invoke(options);
        options
            .PostConfigure<IServiceProvider>((o, services) => o.GrainStorageSerializer ??=
                services.GetKeyedService<IGrainStorageSerializer>(name) ?? services.GetRequiredService<IGrainStorageSerializer>())
            .Validate(o => o.BlobServiceClient is not null, $"Azure blob storage '{name}': found no BlobServiceClient, wanted {OptionRules.ClientWanted}.")
            .Validate(o => OptionRules.ContainerName().IsMatch(o.ContainerName ?? ""), $"Azure blob storage '{name}': found a ContainerName that is none, wanted a-z, 0-9 and single '-' between them, 3 to 63 in all.")
            .ValidateOnStart();
        builder.Services.AddGrainStorage(name, AzureBlobGrainStorage.Create);
        return builder;
    }
}
