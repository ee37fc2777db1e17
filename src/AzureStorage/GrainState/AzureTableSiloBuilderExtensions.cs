using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using SmallBatch.AzureStorage.GrainState;

namespace Orleans.Hosting;

/// <summary>Registers grain state in Azure tables, under the official provider's names.</summary>
public static class AzureTableSiloBuilderExtensions
{
    /// <summary>Registers it as the default storage.</summary>
    public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<AzureTableStorageOptions> configureOptions) =>
        builder.AddAzureTableGrainStorage(Providers.ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Registers it under a name.</summary>
    public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<AzureTableStorageOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<AzureTableStorageOptions>(name)
            .Configure(configureOptions)
            .PostConfigure<IServiceProvider>((options, services) => options.GrainStorageSerializer ??=
                services.GetKeyedService<IGrainStorageSerializer>(name) ?? services.GetRequiredService<IGrainStorageSerializer>())
            .Validate(o => o.TableServiceClient is not null, $"Azure table storage '{name}': found no TableServiceClient, wanted one; set {nameof(AzureTableStorageOptions.TableServiceClient)}.")
            .ValidateOnStart();
        builder.Services.AddGrainStorage(name, AzureTableGrainStorage.Create);
        return builder;
    }
}
