using Orleans.Storage;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.GrainState;

public sealed class TableGrainStorageTests(AzuriteFixture azurite) : GrainStorageConformance
{
    protected override Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear) =>
        TestStorages.TableAsync(azurite.Tables, o => o.DeleteStateOnClear = deleteStateOnClear ?? o.DeleteStateOnClear);
}

public sealed class TextTableGrainStorageTests(AzuriteFixture azurite) : GrainStorageConformance
{
    protected override Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear) => TestStorages.TableAsync(azurite.Tables, o =>
        (o.DeleteStateOnClear, o.UseStringFormat, o.GrainStorageSerializer, o.TableName) = (deleteStateOnClear ?? o.DeleteStateOnClear, true, TestSerializers.Text, "OrleansGrainStateStr"));
}

public sealed class BlobGrainStorageTests(AzuriteFixture azurite) : GrainStorageConformance
{
    protected override Task<IGrainStorage> StorageAsync(bool? deleteStateOnClear) =>
        TestStorages.BlobAsync(azurite.Blobs, o => o.DeleteStateOnClear = deleteStateOnClear ?? o.DeleteStateOnClear);
}
