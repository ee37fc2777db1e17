using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Client.Packing;

/// <summary>A dataset as it lies in the data folder.</summary>
/// <param name="Name">The pack's file name without its ending, or the kind of official binaries.</param>
/// <param name="Kind">Kind, where it could be read.</param>
/// <param name="Form"><c>pack</c> or <c>binary</c>.</param>
/// <param name="Bytes">Bytes of its files.</param>
/// <param name="Identity">What it is; null where it is damaged.</param>
/// <param name="Pack">The pack; null for binaries and where it is damaged.</param>
/// <param name="Errors">What is wrong with it.</param>
internal sealed record FoundDataset(string Name, string? Kind, string Form, long Bytes, DatasetIdentity? Identity, PackFile? Pack, IReadOnlyList<SpecError> Errors);

/// <summary>What lies in a data folder.</summary>
internal static class DataFolder
{
    private static readonly string[] Binaries = ["cifar10", "cifar100"];

    /// <summary>Official binaries, read whole, and packs, read without their images.</summary>
    public static IReadOnlyList<FoundDataset> List(string root)
    {
        var binaries = Binaries.Select(k => CifarFiles.At(k, root)).Where(f => f.AnyThere).Select(files =>
        {
            var (found, bytes) = (files.Inspect(), files.TrainFiles.Concat(files.TestFiles).Where(File.Exists).Sum(f => new FileInfo(f).Length));
            return new FoundDataset(files.Kind, files.Kind, "binary", bytes, found.Value, null, found.Errors);
        });
        var packs = Directory.GetFiles(root, "*" + DatasetCatalog.PackExtension).Order(StringComparer.Ordinal).Select(path =>
        {
            var found = PackFile.Inspect(path);
            return new FoundDataset(Path.GetFileNameWithoutExtension(path), found.Value?.Header.Kind, "pack", new FileInfo(path).Length, found.Value?.Identity(null), found.Value, found.Errors);
        });
        return [.. binaries, .. packs];
    }
}
