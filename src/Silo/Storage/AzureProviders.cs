using Azure.Core;
using Azure.Data.Tables;
#if !MICROSOFT_AZURE_PROVIDERS
using SmallBatch.AzureStorage.Writes;
#endif

namespace SmallBatch.Silo.Storage;

/// <summary>
/// The one place that names Orleans' providers on Azure Storage: ours, or Microsoft's with <c>-p:AzureProviders=Microsoft</c>,
/// which bear the same names and write the same rows.
/// </summary>
internal static class AzureProviders
{
    /// <summary>Membership, reminders and grain state in the account's tables, by the client that is registered.</summary>
    public static void UseAzureTables(this ISiloBuilder silo)
    {
        silo.UseAzureStorageClustering(o => o.Configure<TableServiceClient>((options, tables) => options.TableServiceClient = tables));
        silo.UseAzureTableReminderService(o => o.Configure<TableServiceClient>((options, tables) => options.TableServiceClient = tables));
        silo.AddAzureTableGrainStorageAsDefault(o => o.Configure<TableServiceClient>((options, tables) =>
        {
            options.TableServiceClient = tables;

            // A deleted sweep leaves no row.
            options.DeleteStateOnClear = true;
        }));
    }

    /// <summary>What the providers want of a client's options.</summary>
    public static TOptions ForProviders<TOptions>(this TOptions options)
        where TOptions : ClientOptions
    {
#if MICROSOFT_AZURE_PROVIDERS
        return options;
#else
        return options.WithRetryTracking();
#endif
    }
}
