using Orleans.Storage;
using SmallBatch.AzureStorage.GrainState;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>Grain state in rows of text.</summary>
public sealed class TextTableGrainStorageTests(AzuriteFixture azurite) : GrainStorageConformance
{
    protected override Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear) => TestStorages.TableAsync(azurite.Tables, o =>
        (o.DeleteStateOnClear, o.UseStringFormat, o.GrainStorageSerializer, o.TableName) = (deleteStateOnClear ?? o.DeleteStateOnClear, true, TestSerializers.Text, "OrleansGrainStateStr"));

    [Fact]
    public async Task Text_past_the_limit_is_refused_and_what_was_stored_stays()
    {
        var grain = GrainId.Create("rows", Guid.NewGuid().ToString("N"));
        var storage = await StorageAsync(null);
        var state = new GrainState<Note>(new("stored", []));
        await storage.WriteStateAsync("cfg", grain, state, TestContext.Current.CancellationToken);
        state.State = new(new string('x', TablePayload.MostCharacters), []);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => storage.WriteStateAsync("cfg", grain, state, TestContext.Current.CancellationToken));
        var read = new GrainState<Note>();
        await storage.ReadStateAsync("cfg", grain, read, TestContext.Current.CancellationToken);
        Assert.Equal("stored", read.State!.Text);
    }
}
