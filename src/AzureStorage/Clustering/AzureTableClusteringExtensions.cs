using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;
using SmallBatch.AzureStorage.Clustering;

namespace Orleans.Hosting;

/// <summary>Registers membership in Azure tables, under the official provider's names.</summary>
public static class AzureTableClusteringExtensions
{
    /// <summary>For a silo.</summary>
    public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<AzureStorageClusteringOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<AzureStorageClusteringOptions>().Configure(configureOptions)
            .Validate(o => o.TableServiceClient is not null, "Azure clustering: found no TableServiceClient, wanted one.")
            .ValidateOnStart();
        builder.Services.AddSingleton<IMembershipTable, AzureTableMembership>();
        return builder;
    }

    /// <summary>For a client.</summary>
    public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<AzureStorageGatewayOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<AzureStorageGatewayOptions>().Configure(configureOptions)
            .Validate(o => o.TableServiceClient is not null, "Azure clustering: found no TableServiceClient, wanted one.")
            .ValidateOnStart();
        builder.Services.AddSingleton<IGatewayListProvider, AzureGatewayList>();
        return builder;
    }
}
