using SmallBatch.Specs;

namespace SmallBatch.Client.Packing;

/// <summary>Finds out what form a folder has.</summary>
internal static class PackSources
{
    private static readonly string[] TestNames = ["val", "test"];

    /// <summary>The source at <paramref name="root"/>; <paramref name="test"/> is <c>val</c>, <c>test</c>, or null for the one that is there; <paramref name="labels"/> a file with the classes of test images in one folder, or null.</summary>
    public static SpecResult<ImageSource> Open(string root, string? test, string? labels)
    {
        if (!Directory.Exists(root))
        {
            return Refuse(root, "no such folder", "a folder with the images");
        }

        try
        {
            if (CifarPickles.KindAt(root) is { } kind)
            {
                return labels is null ? CifarPickles.Open(root, kind) : Refuse("--labels", labels, $"nothing: {kind} holds its labels");
            }

            var shards = TarShards.Of(root, "train").Count > 0;
            if (!shards && !Directory.Exists(Path.Combine(root, "train")))
            {
                return Refuse(root, "neither train/ nor train-*.tar nor a batches.meta or meta", "class folders under train/ and val/, tar shards train-*.tar and val-*.tar, or CIFAR's python version");
            }

            var there = TestNames.Where(t => shards ? TarShards.Of(root, t).Count > 0 : Directory.Exists(Path.Combine(root, t))).ToList();
            var chosen = test ?? (there.Count == 1 ? there[0] : null);
            if (chosen is null || !there.Contains(chosen))
            {
                var found = there.Count == 0 ? "no images to test on" : string.Join(" and ", there);
                return Refuse(root, found, test is null ? "val or test beside train; where there are both, one named by --test" : $"{test} beside train, as --test says");
            }

            if (!shards)
            {
                return ClassFolders.Open(root, chosen, labels);
            }

            return labels is null ? TarShards.Open(root, chosen) : Refuse("--labels", labels, "nothing: shards hold their labels");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refuse(root, failure.Message, "files that can be read");
        }
    }

    private static SpecResult<ImageSource> Refuse(string path, string found, string wanted) => new List<SpecError> { new(path, found, wanted) };
}
