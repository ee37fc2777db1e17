using Microsoft.Extensions.Options;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Settings;
using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Silo.Storage;

/// <summary>Datasets under this silo's data folder. Reading and hashing happens off the grain's scheduler.</summary>
internal sealed class DatasetFolder(IOptions<TrainerSettings> settings) : IDatasetCatalog
{
    /// <inheritdoc/>
    public Task<SpecResult<DatasetIdentity>> InspectAsync(DatasetSpec dataset, CancellationToken cancellationToken) =>
        Task.Run(() => DatasetCatalog.Inspect(dataset, settings.Value.DataRoot), cancellationToken);
}
