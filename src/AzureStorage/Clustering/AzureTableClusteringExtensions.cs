using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Messaging;
using SmallBatch.AzureStorage.Clustering;
using SmallBatch.AzureStorage.Configuration;

namespace Orleans.Hosting;

/// <summary>Registers membership in Azure tables, under the official provider's names.</summary>
public static class AzureTableClusteringExtensions
{
    /// <summary>For a silo.</summary>
    public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<AzureStorageClusteringOptions> configureOptions) =>
        builder.UseAzureStorageClustering(options => options.Configure(configureOptions));

    /// <summary>For a silo, with options that take services.</summary>
    public static ISiloBuilder UseAzureStorageClustering(this ISiloBuilder builder, Action<OptionsBuilder<AzureStorageClusteringOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<AzureStorageClusteringOptions>();
        configureOptions?.Invoke(options);
        options
            .Validate(o => o.TableServiceClient is not null, $"Azure clustering: found no TableServiceClient, wanted {OptionRules.ClientWanted}.")
            .Validate(o => OptionRules.TableName().IsMatch(o.TableName ?? ""), OptionRules.BadTable("Azure clustering"))
            .ValidateOnStart();
        builder.Services.AddSingleton<IMembershipTable, AzureTableMembership>();
        return builder;
    }

    /// <summary>For a client.</summary>
    public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<AzureStorageGatewayOptions> configureOptions) =>
        builder.UseAzureStorageClustering(options => options.Configure(configureOptions));

    /// <summary>For a client, with options that take services.</summary>
    public static IClientBuilder UseAzureStorageClustering(this IClientBuilder builder, Action<OptionsBuilder<AzureStorageGatewayOptions>>? configureOptions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.Services.AddOptions<AzureStorageGatewayOptions>();
        configureOptions?.Invoke(options);
        options
            .Validate(o => o.TableServiceClient is not null, $"Azure gateways: found no TableServiceClient, wanted {OptionRules.ClientWanted}.")
            .Validate(o => OptionRules.TableName().IsMatch(o.TableName ?? ""), OptionRules.BadTable("Azure gateways"))
            .ValidateOnStart();
        builder.Services.AddSingleton<IGatewayListProvider, AzureGatewayList>();
        return builder;
    }
}
