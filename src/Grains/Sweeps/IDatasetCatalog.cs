using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>Datasets as this silo finds them; implemented by the silo.</summary>
public interface IDatasetCatalog
{
    /// <summary>What the dataset is, or why it cannot be used: every problem at once.</summary>
    Task<SpecResult<DatasetIdentity>> InspectAsync(DatasetSpec dataset, CancellationToken cancellationToken);
}
