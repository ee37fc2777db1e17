using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using SmallBatch.AzureStorage.GrainState;
using SmallBatch.AzureStorage.Writes;

namespace SmallBatch.Bench.Store;

/// <summary>The same reads and writes of one payload a caller: by the provider, and by the client library alone.</summary>
internal static class Stores
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Azurite measures an update by its JSON, in which this many bytes are its 1 MiB. It takes an insert of any size that the service takes.</summary>
    private const int MostUpdatedBytes = 786_000;
    private const string Fresh = "fresh";
    private static readonly IActivatorProvider Activators = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<IActivatorProvider>();

    /// <summary>Pairs of provider and client library: table write, table read.</summary>
    public static async Task<(Operation Ours, Operation Raw)[]> TableAsync(string connectionString, byte[] payload, int callers)
    {
        var service = new TableServiceClient(connectionString, new TableClientOptions().WithRetryTracking());
        await service.CreateTableIfNotExistsAsync("OrleansGrainState");
        var table = service.GetTableClient("OrleansGrainState");
        var storage = new AzureTableGrainStorage("bench", new(new AzureTableStorageOptions { TableServiceClient = service, GrainStorageSerializer = new Bytes() }), "bench", Activators);
        var raw = new TableEntity[callers];
        for (var i = 0; i < callers; i++)
        {
            raw[i] = Row(payload, i);
            var stored = await table.GetEntityIfExistsAsync<TableEntity>(raw[i].PartitionKey, raw[i].RowKey);
            raw[i].ETag = stored.HasValue ? stored.Value!.ETag : (await table.AddEntityAsync(raw[i])).Headers.ETag!.Value;
        }

        var (write, read) = await OursAsync(storage, payload, callers);
        return
        [
            payload.Length <= MostUpdatedBytes
                ? (write, new("table write", async i =>
                {
                    var row = Row(payload, i);
                    raw[i].ETag = (await table.UpdateEntityAsync(row, raw[i].ETag, TableUpdateMode.Replace)).Headers.ETag!.Value;
                }))
                : (new("insert", i => storage.WriteStateAsync(Fresh, Grain(payload, i), new GrainState<BinaryData>(new(payload))), i => table.DeleteEntityAsync($"bench_bench_{Key(payload, i)}", Fresh)),
                    new("table insert", i => table.AddEntityAsync(Row(payload, i, Fresh)), i => table.DeleteEntityAsync(Fresh, Key(payload, i)))),
            (read, new("table read", async i => Join((await table.GetEntityIfExistsAsync<TableEntity>(raw[i].PartitionKey, raw[i].RowKey)).Value!))),
        ];
    }

    /// <summary>Pairs of provider and client library: blob write, blob read.</summary>
    public static async Task<(Operation Ours, Operation Raw)[]> BlobAsync(string connectionString, byte[] payload, int callers)
    {
        var service = new BlobServiceClient(connectionString, new BlobClientOptions().WithRetryTracking());
        var options = new AzureBlobStorageOptions { BlobServiceClient = service, GrainStorageSerializer = new Bytes() };
        var containers = new DefaultBlobContainerFactory(options);
        await containers.InitializeAsync(service);
        var storage = new AzureBlobGrainStorage("bench", new(options), _ => containers, Activators);
        var blobs = Enumerable.Range(0, callers).Select(i => service.GetBlobContainerClient("grainstate").GetBlobClient($"raw-{payload.Length}-{i}")).ToArray();
        var tags = new ETag[callers];
        for (var i = 0; i < callers; i++)
        {
            tags[i] = (await blobs[i].UploadAsync(new BinaryData(payload), overwrite: true)).Value.ETag;
        }

        var (write, read) = await OursAsync(storage, payload, callers);
        return
        [
            (write, new("blob write", async i =>
            {
                var upload = new BlobUploadOptions { Conditions = new() { IfMatch = tags[i] }, HttpHeaders = new() { ContentType = "application/octet-stream" } };
                tags[i] = (await blobs[i].UploadAsync(new BinaryData(payload), upload)).Value.ETag;
            })),
            (read, new("blob read", async i => _ = (await blobs[i].DownloadContentAsync()).Value.Content)),
        ];
    }

    private static async Task<(Operation Write, Operation Read)> OursAsync(IGrainStorage storage, byte[] payload, int callers)
    {
        var grains = Enumerable.Range(0, callers).Select(i => Grain(payload, i)).ToArray();
        var written = new GrainState<BinaryData>[callers];
        for (var i = 0; i < callers; i++)
        {
            written[i] = new();
            await storage.ReadStateAsync("state", grains[i], written[i]);
            written[i].State = new(payload);
            if (!written[i].RecordExists)
            {
                await storage.WriteStateAsync("state", grains[i], written[i]);
            }
        }

        return (
            new("write", i => storage.WriteStateAsync("state", grains[i], written[i])),
            new("read", i => storage.ReadStateAsync("state", grains[i], new GrainState<BinaryData>(BinaryData.Empty))));
    }

    private static string Key(byte[] payload, int caller) => $"{payload.Length}-{caller}";

    private static GrainId Grain(byte[] payload, int caller) => GrainId.Create("bench", Key(payload, caller));

    private static TableEntity Row(byte[] payload, int caller, string partition = "raw")
    {
        var row = new TableEntity(partition, Key(payload, caller));
        for (var chunk = 0; chunk * ChunkBytes < payload.Length; chunk++)
        {
            row[chunk == 0 ? "Data" : $"Data{chunk}"] = payload[(chunk * ChunkBytes)..Math.Min(payload.Length, (chunk + 1) * ChunkBytes)];
        }

        return row;
    }

    private static byte[] Join(TableEntity row)
    {
        using var bytes = new MemoryStream();
        for (var chunk = 0; row.TryGetValue(chunk == 0 ? "Data" : $"Data{chunk}", out var part); chunk++)
        {
            bytes.Write((byte[])part);
        }

        return bytes.ToArray();
    }

    /// <summary>The payload itself: no serialiser is measured.</summary>
    private sealed class Bytes : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => (BinaryData)(object)input!;

        public T? Deserialize<T>(BinaryData input) => (T)(object)input;
    }
}
