using Azure.Data.Tables;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

/// <summary>What docs/decisions/0003 chose the serialiser for.</summary>
public sealed class RenamedStateTests(AzuriteFixture azurite)
{
    /// <summary>A row of <see cref="Note"/>, as it was written when this test was.</summary>
    private const string StoredNote = "2040096B657074410307E0";

    [Fact]
    public async Task A_class_that_was_renamed_reads_the_rows_of_the_old_name()
    {
        var grain = GrainId.Create("sweep-config", Guid.NewGuid().ToString("N"));
        var storage = await TestStorages.TableAsync(azurite.Tables);
        await azurite.Tables.GetTableClient("OrleansGrainState").AddEntityAsync(
            new TableEntity($"gold-s_{grain.ToString().Replace('/', '_')}", "cfg") { ["Data"] = Convert.FromHexString(StoredNote) }, TestContext.Current.CancellationToken);
        var renamed = new GrainState<RenamedNote>();
        await storage.ReadStateAsync("cfg", grain, renamed);
        Assert.Equal(("kept", 7), (renamed.State!.Words, renamed.State.Bytes[0]));
    }
}
