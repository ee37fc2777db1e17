using System.Globalization;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Datasets;

/// <summary>From a dataset as asked for to what it is.</summary>
public static class DatasetCatalog
{
    /// <summary>How a pack's file name ends.</summary>
    public const string PackExtension = ".pack";

    /// <summary>Kinds that this version knows.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["synthetic", "cifar10", "cifar100", "imagenet", "folder"];

    /// <summary>
    /// Looks at the files under <paramref name="root"/> (null: none was named) and reads the identity. Of official binaries
    /// every byte is read once; of a pack everything but the images.
    /// </summary>
    public static SpecResult<DatasetIdentity> Inspect(DatasetSpec dataset, string? root)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        if (dataset.Kind == "synthetic")
        {
            return SyntheticDataset.Identity(dataset.TrainImages!.Value, dataset.TestImages!.Value);
        }

        if (root is null)
        {
            return new List<SpecError> { new("dataset", $"{dataset.Kind} without a data folder", "the folder that holds it, by --data DIR") };
        }

        var whole = InspectWhole(dataset, root);
        return whole.Value?.Part(dataset.TrainImages, dataset.TestImages) ?? whole;
    }

    /// <summary>The file of the pack of that name.</summary>
    public static string PackPath(string root, string name) => Path.Combine(root, name + PackExtension);

    private static SpecResult<DatasetIdentity> InspectWhole(DatasetSpec dataset, string root)
    {
        var path = PackPath(root, dataset.Path ?? dataset.Kind);
        if (dataset.Kind is "cifar10" or "cifar100")
        {
            var files = CifarFiles.At(dataset.Kind, root);
            if (files.AnyThere || !File.Exists(path))
            {
                return files.Inspect();
            }
        }

        var pack = PackFile.Inspect(path);
        return pack.Value is { } file ? Fit(file, dataset) : pack.Errors.ToList();
    }

    private static SpecResult<DatasetIdentity> Fit(PackFile file, DatasetSpec dataset)
    {
        var errors = new List<SpecError>();
        if (file.Header.Kind != dataset.Kind)
        {
            errors.Add(new(file.Path, $"a pack of kind {file.Header.Kind}", $"one of kind {dataset.Kind}; or name that kind in the specification"));
        }

        if (dataset.Crop > file.Header.Side)
        {
            errors.Add(new("dataset.crop", string.Create(CultureInfo.InvariantCulture, $"{dataset.Crop}"), $"at most the {file.Header.Side} pixels of the images in {file.Path}; or pack them again with a larger --size"));
        }

        return errors.Count > 0 ? errors : file.Identity(dataset.Crop);
    }
}
