using System.Text;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using SmallBatch.AzureStorage.GrainState;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests;

/// <summary>The contract of grain storage, and the official layout, on a real Azurite.</summary>
public sealed class GrainStateTests(AzuriteFixture azurite)
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly GrainId grain = GrainId.Create("sweep-config", Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task What_was_never_written_reads_as_a_new_instance()
    {
        var state = await ReadAsync(Storage());
        Assert.Equal((false, null, ""), (state.RecordExists, state.ETag, state.State!.Text));
    }

    [Fact]
    public async Task What_was_written_reads_back_with_its_tag()
    {
        var storage = Storage();
        var written = new GrainState<Note>(new("Grüße 你好", [1, 2]));
        await storage.WriteStateAsync("cfg", grain, written);
        var read = await ReadAsync(storage);
        Assert.Equal((true, written.ETag, "Grüße 你好"), (read.RecordExists, read.ETag, read.State!.Text));
        Assert.StartsWith("W/\"datetime'", read.ETag, StringComparison.Ordinal);
        var first = written.ETag;
        await storage.WriteStateAsync("cfg", grain, written);
        Assert.NotEqual(first, written.ETag);
    }

    [Fact]
    public async Task Of_two_writers_one_wins_and_the_other_changes_nothing()
    {
        var storage = Storage();
        await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("first", [])));
        var (one, two) = (await ReadAsync(storage), await ReadAsync(storage));
        one.State = new("one", []);
        two.State = new("two", []);
        await storage.WriteStateAsync("cfg", grain, one);
        await Assert.ThrowsAsync<TableStorageUpdateConditionNotSatisfiedException>(() => storage.WriteStateAsync("cfg", grain, two));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.ClearStateAsync("cfg", grain, two));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("three", []))));
        Assert.Equal("one", (await ReadAsync(storage)).State!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cleared_state_reads_as_new_and_can_be_written_again(bool delete)
    {
        var storage = Storage(o => o.DeleteStateOnClear = delete);
        var state = new GrainState<Note>(new("x", []));
        await storage.WriteStateAsync("cfg", grain, state);
        await storage.ClearStateAsync("cfg", grain, state);
        Assert.Equal((false, ""), (state.RecordExists, state.State!.Text));
        Assert.Equal(delete, state.ETag is null);
        Assert.False((await ReadAsync(storage)).RecordExists);
        state.State = new("y", []);
        await storage.WriteStateAsync("cfg", grain, state);
        Assert.Equal("y", (await ReadAsync(storage)).State!.Text);
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(900_000)]
    public async Task A_large_payload_is_cut_into_chunks(int bytes)
    {
        var storage = Storage();
        var payload = Enumerable.Range(0, bytes).Select(i => (byte)(i * 31)).ToArray();
        await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("big", payload)));
        Assert.Equal(payload, (await ReadAsync(storage)).State!.Payload);
        var row = await RowAsync();
        Assert.Equal(65_536, row.GetBinary("Data").Length);
        Assert.NotNull(row.GetBinary("Data1"));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_before_anything_is_stored()
    {
        var storage = Storage();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("big", new byte[TablePayload.MostBytes]))));
        Assert.False((await ReadAsync(storage)).RecordExists);
    }

    [Fact]
    public void Text_is_stored_whole_or_refused()
    {
        var row = new TableEntity("p", "r");
        Assert.Throws<ArgumentOutOfRangeException>(() => TablePayload.WriteText(row, Encoding.UTF8.GetBytes(new string('x', TablePayload.MostCharacters + 1))));
        Assert.Throws<DecoderFallbackException>(() => TablePayload.WriteText(row, new byte[] { 0xFF, 0xFE }));
        TablePayload.WriteText(row, Encoding.UTF8.GetBytes(new string('x', TablePayload.MostCharacters)));
        Assert.Equal(TablePayload.MostCharacters, TablePayload.Read(row).ToString().Length);
    }

    [Fact]
    public async Task Text_beyond_the_basic_plane_is_never_cut_in_the_middle_of_a_character()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("\U0001F600", 40_000));
        var row = new TableEntity($"text-{Guid.NewGuid():N}", "r");
        TablePayload.WriteText(row, Encoding.UTF8.GetBytes(text));
        Storage();
        var table = azurite.Tables.GetTableClient("OrleansGrainState");
        await table.AddEntityAsync(row, TestContext.Current.CancellationToken);
        var read = await table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(text, TablePayload.Read(read.Value).ToString());
    }

    [Fact]
    public async Task The_row_has_the_official_keys_and_columns()
    {
        await Storage().WriteStateAsync("cfg", grain, new GrainState<Note>(new("x", [])));
        var row = await RowAsync();
        Assert.Equal(["Data"], row.Keys.Where(k => k is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")));
        Assert.Equal(($"gold-s_sweep-config_{grain.Key}", "cfg"), (row.PartitionKey, row.RowKey));
    }

    [Fact]
    public async Task A_class_that_was_renamed_reads_the_rows_of_the_old_name()
    {
        var storage = Storage();
        await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("kept", [7])));
        var renamed = new GrainState<RenamedNote>();
        await storage.ReadStateAsync("cfg", grain, renamed);
        Assert.Equal(("kept", 7), (renamed.State!.Words, renamed.State!.Bytes[0]));
    }

    private async Task<GrainState<Note>> ReadAsync(AzureTableGrainStorage storage)
    {
        var state = new GrainState<Note>();
        await storage.ReadStateAsync("cfg", grain, state);
        return state;
    }

    private async Task<TableEntity> RowAsync() =>
        (await azurite.Tables.GetTableClient("OrleansGrainState").GetEntityAsync<TableEntity>($"gold-s_sweep-config_{grain.Key}", "cfg", cancellationToken: TestContext.Current.CancellationToken)).Value;

    private AzureTableGrainStorage Storage(Action<AzureTableStorageOptions>? configure = null)
    {
        var options = new AzureTableStorageOptions
        {
            TableServiceClient = azurite.Tables,
            GrainStorageSerializer = new OrleansGrainStorageSerializer(Services.GetRequiredService<Serializer>()),
        };
        configure?.Invoke(options);
        azurite.Tables.CreateTableIfNotExists(options.TableName, TestContext.Current.CancellationToken);
        return new("Default", options, "gold-s", Services.GetRequiredService<IActivatorProvider>());
    }
}

/// <summary>A state as an earlier release wrote it.</summary>
[GenerateSerializer, Alias("test.note")]
public sealed class Note(string text, byte[] payload)
{
    public Note()
        : this("", [])
    {
    }

    [Id(0)]
    public string Text { get; set; } = text;

    [Id(1)]
    public byte[] Payload { get; set; } = payload;
}

/// <summary>The same state after its class and its properties were renamed.</summary>
[GenerateSerializer, Alias("test.note.renamed")]
public sealed class RenamedNote
{
    [Id(0)]
    public string Words { get; set; } = "";

    [Id(1)]
    public byte[] Bytes { get; set; } = [];
}
