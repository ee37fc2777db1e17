using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Datasets;

/// <summary>From a dataset as asked for to what it is.</summary>
public static class DatasetCatalog
{
    /// <summary>Kinds that this version knows.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["synthetic", "cifar10", "cifar100", "imagenet", "folder"];

    /// <summary>How a pack's file name ends.</summary>
    public const string PackExtension = ".pack";

    /// <summary>Looks at the files under <paramref name="root"/> (null: none was named) and reads the identity. Reads every byte once.</summary>
    public static SpecResult<DatasetIdentity> Inspect(DatasetSpec dataset, string? root)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Kind == "synthetic")
        {
            return SyntheticDataset.Identity(dataset.SyntheticTrainImages!.Value, dataset.SyntheticTestImages!.Value);
        }

        return root is null
            ? new List<SpecError> { new("dataset", $"{dataset.Kind} without a data folder", "the folder that holds it, by --data DIR") }
            : CifarFiles.At(dataset.Kind, root).Inspect();
    }
}
