using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Orleans.Configuration;
using Orleans.Storage;
using SmallBatch.AzureStorage.GrainState;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>Storages on given clients, made ready.</summary>
internal static class TestStorages
{
    extension(AzuriteFixture azurite)
    {
        public BlobServiceClient Blobs => new(azurite.ConnectionString);
    }

    public static async Task<IGrainStorage> TableAsync(TableServiceClient tables, Action<AzureTableStorageOptions>? configure = null)
    {
        var options = new AzureTableStorageOptions { TableServiceClient = tables, GrainStorageSerializer = TestSerializers.Binary };
        configure?.Invoke(options);
        await tables.CreateTableIfNotExistsAsync(options.TableName, TestContext.Current.CancellationToken);
        return new AzureTableGrainStorage("Default", new(options), "gold-s", TestSerializers.Activators);
    }

    public static async Task<IGrainStorage> BlobAsync(BlobServiceClient blobs, Action<AzureBlobStorageOptions>? configure = null)
    {
        var options = new AzureBlobStorageOptions { BlobServiceClient = blobs, GrainStorageSerializer = TestSerializers.Binary };
        configure?.Invoke(options);
        var containers = new DefaultBlobContainerFactory(options);
        await containers.InitializeAsync(blobs);
        return new AzureBlobGrainStorage("Default", new(options), _ => containers, TestSerializers.Activators);
    }
}
