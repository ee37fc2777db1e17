using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Training.Datasets;

/// <summary>Loads the images that an identity names, and proves that they are those.</summary>
internal static class DatasetLoader
{
    /// <summary>The images, or every reason why they are not there or not these.</summary>
    public static SpecResult<DatasetImages> Load(DatasetIdentity wanted, string root)
    {
        var whole = LoadWhole(wanted.Whole(), root);
        return whole.Value?.Part(wanted.TrainImages, wanted.TestImages) ?? whole;
    }

    private static SpecResult<DatasetImages> LoadWhole(DatasetIdentity wanted, string root)
    {
        if (wanted.Kind == "synthetic")
        {
            var made = SyntheticDataset.Identity(wanted.TrainImages, wanted.TestImages);
            return made == wanted
                ? SyntheticImages.Make(wanted)
                : new List<SpecError> { new("dataset", $"synthetic generator version {SyntheticDataset.GeneratorVersion}", "the version that the sweep was submitted with; run the trainer of that release") };
        }

        if (wanted.Kind is "imagenet" or "folder")
        {
            return PackedImages.Find(wanted, root);
        }

        var files = CifarFiles.At(wanted.Kind, root);
        if (!files.AnyThere && File.Exists(DatasetCatalog.PackPath(root, wanted.Kind)))
        {
            return PackedImages.Find(wanted, root);
        }

        var found = files.Inspect();
        if (found.Value is null)
        {
            return found.Errors.ToList();
        }

        return found.Value == wanted
            ? new DatasetImages(Read(files, files.TrainFiles, wanted.TrainImages), Read(files, files.TestFiles, wanted.TestImages), wanted.Classes)
            : new List<SpecError> { new(root, $"{found.Value} with content {found.Value.ContentHash[..12]}", $"{wanted} with content {wanted.ContentHash[..12]}, as when the sweep was submitted") };
    }

    private static ImageSet Read(CifarFiles files, IReadOnlyList<string> paths, int count)
    {
        var pixels = new byte[(long)count * CifarFiles.ImageBytes];
        var labels = new ushort[count];
        var record = new byte[files.RecordBytes];
        var image = 0;
        foreach (var path in paths)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
            for (var left = stream.Length / files.RecordBytes; left > 0; left--, image++)
            {
                stream.ReadExactly(record);
                labels[image] = record[files.LabelBytes - 1];
                record.AsSpan(files.LabelBytes).CopyTo(pixels.AsSpan(image * CifarFiles.ImageBytes));
            }
        }

        return new(count, 3, 32, 32, pixels, labels);
    }
}
