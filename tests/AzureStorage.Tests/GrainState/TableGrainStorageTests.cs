using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Orleans.Storage;
using SmallBatch.AzureStorage.GrainState;
using SmallBatch.AzureStorage.Tests.Faults;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>Grain state in rows of bytes.</summary>
public sealed class TableGrainStorageTests(AzuriteFixture azurite) : GrainStorageConformance
{
    private readonly GrainId grain = GrainId.Create("rows", Guid.NewGuid().ToString("N"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TableClient Rows => azurite.Tables.GetTableClient("OrleansGrainState");

    private string Partition => $"gold-s_rows_{grain.Key}";

    protected override Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear) =>
        TestStorages.TableAsync(azurite.Tables, o => o.DeleteStateOnClear = deleteStateOnClear ?? o.DeleteStateOnClear);

    [Fact]
    public async Task Each_write_names_the_tag_that_it_replaces()
    {
        var watch = new RequestWatch();
        var options = new TableClientOptions();
        options.AddPolicy(watch, HttpPipelinePosition.PerCall);
        foreach (var delete in new[] { false, true })
        {
            var storage = await TestStorages.TableAsync(new TableServiceClient(azurite.ConnectionString, options), o => o.DeleteStateOnClear = delete);
            var state = new GrainState<Note>(new("x", []));
            watch.Seen.Clear();
            await storage.WriteStateAsync("cfg", grain, state, Token);
            var inserted = state.ETag;
            await storage.WriteStateAsync("cfg", grain, state, Token);
            var updated = state.ETag;
            await storage.ClearStateAsync("cfg", grain, state, Token);

            // An insert is a POST, which the service refuses where there is a row.
            Assert.Equal([("POST", null), ("PUT", inserted), (delete ? "DELETE" : "PUT", updated)], watch.Seen.Select(r => (r.Method, r.IfMatch)));
            watch.Seen.Clear();
            await Rows.DeleteEntityAsync(Partition, "cfg", cancellationToken: Token);
        }
    }

    [Fact]
    public async Task Clearing_leaves_a_row_of_keys_alone_where_nothing_else_is_asked()
    {
        var storage = await TestStorages.TableAsync(azurite.Tables);
        var state = new GrainState<Note>(new("x", [1]));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        await storage.ClearStateAsync("cfg", grain, state, Token);
        var row = (await Rows.GetEntityAsync<TableEntity>(Partition, "cfg", cancellationToken: Token)).Value;
        Assert.Equal(["PartitionKey", "RowKey", "Timestamp", "odata.etag"], row.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(row.ETag.ToString(), state.ETag);
    }

    [Fact]
    public async Task A_payload_of_983040_bytes_is_stored_and_a_byte_more_is_refused_before_anything_is_sent()
    {
        var storage = await TestStorages.TableAsync(azurite.Tables, o => o.GrainStorageSerializer = TestSerializers.Text);
        var state = new GrainState<Note>(new(new string('x', TablePayload.MostBytes - 1), []));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var read = new GrainState<Note>();
        await storage.ReadStateAsync("cfg", grain, read, Token);
        Assert.Equal(state.State!.Text, read.State!.Text);
        read.State.Text += "x";
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => storage.WriteStateAsync("cfg", grain, read, Token));
        await storage.ReadStateAsync("cfg", grain, read, Token);
        Assert.Equal((TablePayload.MostBytes - 1, state.ETag), (read.State.Text.Length, read.ETag));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_said_to_be_one_and_changes_nothing()
    {
        var storage = await StorageAsync(null);
        await Rows.AddEntityAsync(new TableEntity(Partition, "cfg") { ["Data"] = new byte[] { 255, 255, 1, 2 } }, Token);
        var state = new GrainState<Note>(new("before", []));
        var failure = await Assert.ThrowsAsync<AggregateException>(() => storage.ReadStateAsync("cfg", grain, state, Token));
        Assert.Contains($"State 'cfg' of {grain} in table OrleansGrainState: found 4 bytes that do not read as", failure.Message, StringComparison.Ordinal);
        Assert.Equal(("before", false, null), (state.State!.Text, state.RecordExists, state.ETag));
    }

    [Fact]
    public async Task A_row_of_both_forms_reads_as_its_bytes_and_text_in_their_place_as_base64()
    {
        var storage = await TestStorages.TableAsync(azurite.Tables, o => o.GrainStorageSerializer = TestSerializers.Text);
        await Rows.AddEntityAsync(new TableEntity(Partition, "both") { ["Data"] = "bytes|"u8.ToArray(), ["StringData"] = "text|" }, Token);
        await Rows.AddEntityAsync(new TableEntity(Partition, "base64") { ["Data"] = Convert.ToBase64String("bytes"u8), ["Data1"] = "|"u8.ToArray() }, Token);
        foreach (var name in new[] { "both", "base64" })
        {
            var state = new GrainState<Note>();
            await storage.ReadStateAsync(name, grain, state, Token);
            Assert.Equal("bytes", state.State!.Text);
        }
    }

    [Fact]
    public async Task A_missing_table_is_an_outage_and_no_contention()
    {
        var name = $"t{Guid.NewGuid():N}";
        var storage = await TestStorages.TableAsync(azurite.Tables, o => o.TableName = name);
        var state = new GrainState<Note>(new("x", []));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        await azurite.Tables.DeleteTableAsync(name, Token);
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => storage.WriteStateAsync("cfg", grain, state, Token));
        Assert.Equal("TableNotFound", failure.ErrorCode);
    }

    [Theory]
    [InlineData(1_023, true)]
    [InlineData(1_024, false)]
    public async Task A_key_of_1024_characters_is_refused(int characters, bool fits)
    {
        var storage = await StorageAsync(null);
        var state = new GrainState<Note>(new("x", []));
        var longest = GrainId.Create("rows", new string('k', characters - "gold-s_rows/".Length - 32) + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        var failure = await Record.ExceptionAsync(() => storage.WriteStateAsync("cfg", longest, state, Token));
        Assert.Equal(fits, failure is not ArgumentException);
    }
}
