using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using SmallBatch.AzureStorage.Configuration;
using SmallBatch.AzureStorage.GrainState;

namespace Orleans.Hosting;

/// <summary>Registers grain state in Azure tables, under the official provider's names.</summary>
public static class AzureTableSiloBuilderExtensions
{
    /// <summary>Registers it as the default storage.</summary>
    public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<AzureTableStorageOptions> configureOptions) =>
        builder.AddAzureTableGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Registers it as the default storage, with options that take services.</summary>
    public static ISiloBuilder AddAzureTableGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<AzureTableStorageOptions>>? configureOptions = null) =>
        builder.AddAzureTableGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configureOptions);

    /// <summary>Registers it under a name.</summary>
    public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<AzureTableStorageOptions> configureOptions) =>
        builder.AddAzureTableGrainStorage(name, options => options.Configure(configureOptions));

    /// <summary>Registers it under a name, with options that take services.</summary>
    public static ISiloBuilder AddAzureTableGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AzureTableStorageOptions>>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<AzureTableStorageOptions>(name);
        configureOptions?.Invoke(options);
        options
            .PostConfigure<IServiceProvider>((o, services) => o.GrainStorageSerializer ??=
                services.GetKeyedService<IGrainStorageSerializer>(name) ?? services.GetRequiredService<IGrainStorageSerializer>())
            .Validate(o => o.TableServiceClient is not null, $"Azure table storage '{name}': found no TableServiceClient, wanted {OptionRules.ClientWanted}.")
            .Validate(o => OptionRules.TableName().IsMatch(o.TableName ?? ""), OptionRules.BadTable($"Azure table storage '{name}'"))
            .ValidateOnStart();
        builder.Services.AddGrainStorage(name, AzureTableGrainStorage.Create);
        return builder;
    }
}
