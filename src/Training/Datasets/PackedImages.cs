using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Training.Datasets;

/// <summary>Finds a pack by its content, whatever its name, and maps it.</summary>
internal static class PackedImages
{
    /// <summary>Packs up to this size are read whole before training begins; the images of larger ones are checked when first used.</summary>
    private const long CheckedAtOnce = 1L << 30;

    /// <summary>The images of the pack that has the wanted content, or why there are none.</summary>
    public static SpecResult<DatasetImages> Find(DatasetIdentity wanted, string root)
    {
        try
        {
            var there = Directory.Exists(root) ? Directory.GetFiles(root, "*" + DatasetCatalog.PackExtension) : [];
            var match = there.Order(StringComparer.Ordinal).FirstOrDefault(f => PackFile.ClaimedHash(f) == wanted.ContentHash);
            if (match is not null)
            {
                var pack = PackFile.Inspect(match);
                return pack.Value is { } file ? Open(wanted, file) : pack.Errors.ToList();
            }

            var found = there.Length == 0 ? "no pack" : string.Join(", ", there.Select(f => $"{Path.GetFileName(f)} {(PackFile.ClaimedHash(f) is { } hash ? $"with content {hash[..12]}" : "that is no pack")}"));
            return new List<SpecError> { new(root, found, $"the pack of {wanted} with content {wanted.ContentHash[..12]}, as when the sweep was submitted") };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new List<SpecError> { new(root, failure.Message, "packs that can be read") };
        }
    }

    private static SpecResult<DatasetImages> Open(DatasetIdentity wanted, PackFile pack)
    {
        if (wanted.Height > pack.Header.Side || pack.Identity(wanted.Height) != wanted)
        {
            return new List<SpecError> { new(pack.Path, $"{pack.Identity(null)} of {pack.Header.Side} pixels", $"{wanted} of at least {wanted.Height} pixels, as when the sweep was submitted") };
        }

        if (pack.Layout.FileBytes <= CheckedAtOnce && pack.VerifyImages(_ => { }) is { } damage)
        {
            return new List<SpecError> { damage };
        }

        var mapped = new MappedPack(pack);
        var (train, header) = (pack.Header.TrainImages, pack.Header);
        var sums = new ChannelSums((long)train * header.Side * header.Side, header.Sums, header.Squares);
        return new DatasetImages(Split(0, train), Split(train, header.TestImages), header.Classes.Count, sums);

        ImageSet Split(int first, int count) => new(count, PackHeader.Channels, wanted.Height, wanted.Width, mapped.From(first), pack.Labels.Slice(first, count).ToArray())
        {
            StoredHeight = header.Side,
            StoredWidth = header.Side,
        };
    }
}
