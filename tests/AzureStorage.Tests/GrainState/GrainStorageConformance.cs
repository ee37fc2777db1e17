using Orleans.Storage;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>What Orleans may expect of any grain storage, on a real Azurite.</summary>
public abstract class GrainStorageConformance
{
    /// <summary>A grain of this test alone, whose key has what keys of the store may not have, and letters beyond ASCII.</summary>
    private readonly GrainId grain = GrainId.Create("sweep-config", $"ds#1/m=32?lr=0,1\\Größe 你好/{Guid.NewGuid():N}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_never_written_reads_as_a_new_instance()
    {
        var state = await ReadAsync(await StorageAsync());
        Assert.Equal((false, null, ""), (state.RecordExists, state.ETag, state.State!.Text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(65_536)]
    [InlineData(340_000)]
    public async Task What_was_written_reads_back_with_its_tag(int bytes)
    {
        var payload = new byte[bytes];
        new Random(1).NextBytes(payload);
        var written = new GrainState<Note>(new("Grüße 你好", payload));
        await (await StorageAsync()).WriteStateAsync("cfg", grain, written, Token);
        var read = await ReadAsync(await StorageAsync());
        Assert.Equal((true, written.ETag, "Grüße 你好"), (read.RecordExists, read.ETag, read.State!.Text));
        Assert.Equal(payload, read.State.Payload);
        Assert.True(written.RecordExists);
    }

    [Fact]
    public async Task An_equal_value_written_again_has_a_new_tag()
    {
        var storage = await StorageAsync();
        var state = new GrainState<Note>(new("x", []));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var first = state.ETag;
        await storage.WriteStateAsync("cfg", grain, state, Token);
        Assert.NotEqual(first, state.ETag);
        Assert.Equal(state.ETag, (await ReadAsync(storage)).ETag);
    }

    [Fact]
    public async Task A_stale_write_or_clear_is_refused_and_changes_nothing()
    {
        var storage = await StorageAsync();
        await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("first", [])), Token);
        var (one, two) = (await ReadAsync(storage), await ReadAsync(storage));
        one.State = new("one", []);
        two.State = new("two", []);
        await storage.WriteStateAsync("cfg", grain, one, Token);
        var tag = two.ETag;
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("cfg", grain, two, Token));
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.ClearStateAsync("cfg", grain, two, Token));
        Assert.Equal((tag, true, "two"), (two.ETag, two.RecordExists, two.State.Text));
        Assert.Equal(("one", one.ETag), ((await ReadAsync(storage)).State!.Text, (await ReadAsync(storage)).ETag));
    }

    [Fact]
    public async Task A_stale_write_of_the_very_value_that_is_stored_is_refused_too()
    {
        var storage = await StorageAsync();
        await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("x", [])), Token);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("x", [])), Token));
        var stale = await ReadAsync(storage);
        await storage.WriteStateAsync("cfg", grain, await ReadAsync(storage), Token);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("cfg", grain, stale, Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_many_writers_at_once_one_wins(bool exists)
    {
        var storage = await StorageAsync();
        if (exists)
        {
            await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("first", [])), Token);
        }

        var writers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            var state = await ReadAsync(storage);
            state.State = new($"writer {i}", []);
            return state;
        }));
        var won = await Task.WhenAll(writers.Select(async w =>
        {
            try
            {
                await storage.WriteStateAsync("cfg", grain, w, Token);
                return w;
            }
            catch (InconsistentStateException)
            {
                return null;
            }
        }));
        var winner = Assert.Single(won, w => w is not null)!;
        Assert.Equal(winner.State!.Text, (await ReadAsync(storage)).State!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cleared_state_reads_as_new_and_can_be_cleared_and_written_again(bool delete)
    {
        var storage = await StorageAsync(delete);
        var state = new GrainState<Note>(new("x", []));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        var first = state.ETag;
        for (var i = 0; i < 2; i++)
        {
            await storage.ClearStateAsync("cfg", grain, state, Token);
            Assert.Equal((false, "", delete), (state.RecordExists, state.State!.Text, state.ETag is null));
            Assert.NotEqual(first, state.ETag);
            var read = await ReadAsync(storage);
            Assert.Equal((false, "", state.ETag), (read.RecordExists, read.State!.Text, read.ETag));
        }

        state.State = new("y", []);
        await storage.WriteStateAsync("cfg", grain, state, Token);
        Assert.Equal("y", (await ReadAsync(storage)).State!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clearing_what_was_never_written_is_no_error(bool delete)
    {
        var storage = await StorageAsync(delete);
        var state = new GrainState<Note>(new("x", []));
        await storage.ClearStateAsync("cfg", grain, state, Token);
        Assert.Equal((false, ""), (state.RecordExists, state.State!.Text));
        state.State = new("y", []);
        await storage.WriteStateAsync("cfg", grain, state, Token);
        Assert.Equal("y", (await ReadAsync(storage)).State!.Text);
    }

    [Fact]
    public async Task Names_of_state_are_records_of_their_own()
    {
        var storage = await StorageAsync();
        await storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("cfg", [])), Token);
        await storage.WriteStateAsync("cfg2", grain, new GrainState<Note>(new("cfg2", [])), Token);
        await storage.ClearStateAsync("cfg2", grain, await ReadAsync(storage, "cfg2"), Token);
        Assert.Equal(("cfg", false), ((await ReadAsync(storage)).State!.Text, (await ReadAsync(storage, "cfg2")).RecordExists));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_first_touches_nothing()
    {
        var storage = await StorageAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("x", [])), new CancellationToken(canceled: true)));
        Assert.False((await ReadAsync(storage)).RecordExists);
    }

    /// <summary>A storage made afresh on the same store; whether clearing deletes, else the provider's default.</summary>
    protected abstract Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear = null);

    private async Task<GrainState<Note>> ReadAsync(IGrainStorage storage, string name = "cfg")
    {
        var state = new GrainState<Note>();
        await storage.ReadStateAsync(name, grain, state, Token);
        return state;
    }
}
