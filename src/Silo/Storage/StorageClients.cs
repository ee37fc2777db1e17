using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Storage;

/// <summary>Clients of the one store, each request of theirs measured.</summary>
internal sealed class StorageClients(IOptions<StorageSettings> settings, StoreMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// Options of the grains' tables: three tries of at most 8 s each and short pauses, together less than the 30 s of a grain call.
    /// A turn that waits for a store that hangs fails in time, and calls do not pile up behind it.
    /// </summary>
    public static TableClientOptions Bounded() => new()
    {
        Retry =
        {
            Mode = RetryMode.Exponential,
            MaxRetries = 2,
            Delay = TimeSpan.FromSeconds(0.5),
            MaxDelay = TimeSpan.FromSeconds(1),
            NetworkTimeout = TimeSpan.FromSeconds(8),
        },
    };

    /// <summary>Tables.</summary>
    public TableServiceClient Tables(TableClientOptions options)
    {
        options.AddPolicy(new StoreMetering("table", metrics, time), HttpPipelinePosition.PerRetry);
        return settings.Value.ConnectionString is { Length: > 0 } connection
            ? new(connection, options)
            : new(new Uri($"https://{settings.Value.AccountName}.table.core.windows.net"), new DefaultAzureCredential(), options);
    }

    /// <summary>Blobs.</summary>
    public BlobServiceClient Blobs()
    {
        var options = new BlobClientOptions();
        options.AddPolicy(new StoreMetering("blob", metrics, time), HttpPipelinePosition.PerRetry);
        return settings.Value.ConnectionString is { Length: > 0 } connection
            ? new(connection, options)
            : new(new Uri($"https://{settings.Value.AccountName}.blob.core.windows.net"), new DefaultAzureCredential(), options);
    }
}
