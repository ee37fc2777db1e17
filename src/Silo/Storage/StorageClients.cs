using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Storage;

/// <summary>Clients of the one store.</summary>
internal static class StorageClients
{
    /// <summary>Tables.</summary>
    public static TableServiceClient Tables(StorageSettings settings, TableClientOptions options) => settings.ConnectionString is { Length: > 0 } connection
        ? new(connection, options)
        : new(new Uri($"https://{settings.AccountName}.table.core.windows.net"), new DefaultAzureCredential(), options);

    /// <summary>Blobs.</summary>
    public static BlobServiceClient Blobs(StorageSettings settings) => settings.ConnectionString is { Length: > 0 } connection
        ? new(connection)
        : new(new Uri($"https://{settings.AccountName}.blob.core.windows.net"), new DefaultAzureCredential());
}
