using Azure.Core;
using Azure.Storage.Blobs;
using Orleans.Storage;
using SmallBatch.AzureStorage.Tests.Faults;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>Grain state in blobs.</summary>
public sealed class BlobGrainStorageTests(AzuriteFixture azurite) : GrainStorageConformance
{
    private readonly GrainId grain = GrainId.Create("blobs", Guid.NewGuid().ToString("N"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected override Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear) =>
        TestStorages.BlobAsync(azurite.Blobs, o => o.DeleteStateOnClear = deleteStateOnClear ?? o.DeleteStateOnClear);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_write_names_the_tag_that_it_replaces(bool delete)
    {
        var watch = new RequestWatch();
        var options = new BlobClientOptions();
        options.AddPolicy(watch, HttpPipelinePosition.PerCall);
        var storage = await TestStorages.BlobAsync(new BlobServiceClient(azurite.ConnectionString, options), o => o.DeleteStateOnClear = delete);
        var state = new GrainState<Note>(new("x", []));
        watch.Seen.Clear();
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var inserted = state.ETag;
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var updated = state.ETag;
        await storage.ClearStateAsync("cfg", grain, state, Token);
        Assert.Equal(
            [("PUT", null, "*"), ("PUT", inserted, null), (delete ? "DELETE" : "PUT", updated, null)],
            watch.Seen.Select(r => (r.Method, r.IfMatch?.Trim('"'), r.IfNoneMatch)));
    }

    [Fact]
    public async Task Clearing_deletes_the_blob_where_nothing_else_is_asked()
    {
        var storage = await TestStorages.BlobAsync(azurite.Blobs);
        var state = new GrainState<Note>(new("x", [1]));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var blob = azurite.Blobs.GetBlobContainerClient("grainstate").GetBlobClient($"cfg-{grain}.json");
        Assert.True((await blob.ExistsAsync(Token)).Value);
        await storage.ClearStateAsync("cfg", grain, state, Token);
        Assert.False((await blob.ExistsAsync(Token)).Value);
    }

    [Fact]
    public async Task A_container_that_is_gone_is_made_again_by_the_next_write()
    {
        var name = $"c{Guid.NewGuid():N}";
        var storage = await TestStorages.BlobAsync(azurite.Blobs, o => o.ContainerName = name);
        await azurite.Blobs.DeleteBlobContainerAsync(name, cancellationToken: Token);
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("cfg", grain, state, Token);
        Assert.False(state.RecordExists);
        state.State = new("x", []);
        await storage.WriteStateAsync("cfg", grain, state, Token);
        await storage.ReadStateAsync("cfg", grain, state, Token);
        Assert.Equal("x", state.State!.Text);
    }

    [Fact]
    public async Task A_blob_that_cannot_be_read_is_no_contention_and_changes_nothing()
    {
        var storage = await StorageAsync(null);
        await azurite.Blobs.GetBlobContainerClient("grainstate").GetBlobClient($"cfg-{grain}.json").UploadAsync(new BinaryData(new byte[] { 255, 255, 1, 2 }), Token);
        var state = new GrainState<Note>(new("before", []));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => storage.ReadStateAsync("cfg", grain, state, Token));
        Assert.IsNotType<InconsistentStateException>(failure, exactMatch: false);
        Assert.Equal(("before", false, null), (state.State!.Text, state.RecordExists, state.ETag));
    }

    [Fact]
    public async Task A_serialiser_of_streams_is_used_as_one()
    {
        var streams = new StreamedNotes();
        var storage = await TestStorages.BlobAsync(azurite.Blobs, o => o.GrainStorageSerializer = streams);
        var state = new GrainState<Note>(new("streamed", []));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var read = new GrainState<Note>();
        await storage.ReadStateAsync("cfg", grain, read, Token);
        Assert.Equal("streamed", read.State!.Text);
    }

    /// <summary>Writes streams and nothing else.</summary>
    private sealed class StreamedNotes : IGrainStorageSerializer, IGrainStorageStreamingSerializer
    {
        public BinaryData Serialize<T>(T? input) => throw new NotSupportedException("Not as one piece.");

        public T? Deserialize<T>(BinaryData input) => throw new NotSupportedException("Not as one piece.");

        public async ValueTask SerializeAsync<T>(T? input, Stream destination, CancellationToken cancellationToken) =>
            await destination.WriteAsync(TestSerializers.Text.Serialize(input), cancellationToken);

        public async ValueTask<T?> DeserializeAsync<T>(Stream input, CancellationToken cancellationToken) =>
            TestSerializers.Text.Deserialize<T>(await BinaryData.FromStreamAsync(input, cancellationToken));
    }
}
