using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using SmallBatch.AzureStorage.Configuration;

[assembly: RegisterProvider("AzureTableStorage", "Clustering", "Silo", typeof(AzureTableClusteringProviderBuilder))]
[assembly: RegisterProvider("AzureTableStorage", "Clustering", "Client", typeof(AzureTableClusteringProviderBuilder))]

namespace SmallBatch.AzureStorage.Configuration;

/// <summary><c>Orleans:Clustering:ProviderType = AzureTableStorage</c>, for silos and clients.</summary>
internal sealed class AzureTableClusteringProviderBuilder : IProviderBuilder<ISiloBuilder>, IProviderBuilder<IClientBuilder>
{
    /// <inheritdoc/>
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.UseAzureStorageClustering(options => options.Configure<IServiceProvider>((o, services) =>
        {
            o.TableName = configurationSection[nameof(o.TableName)] ?? o.TableName;
            o.TableServiceClient = ConfiguredClients.Tables(configurationSection, services);
        }));

    /// <inheritdoc/>
    public void Configure(IClientBuilder builder, string? name, IConfigurationSection configurationSection) =>
        builder.UseAzureStorageClustering(options => options.Configure<IServiceProvider>((o, services) =>
        {
            o.TableName = configurationSection[nameof(o.TableName)] ?? o.TableName;
            o.TableServiceClient = ConfiguredClients.Tables(configurationSection, services);
        }));
}
