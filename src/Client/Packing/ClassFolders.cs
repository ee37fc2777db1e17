using SmallBatch.Specs;

namespace SmallBatch.Client.Packing;

/// <summary>A folder with <c>train</c> and <c>val</c> or <c>test</c>, each with one folder of image files per class. Hidden files are left out.</summary>
internal sealed class ClassFolders : ImageSource
{
    private readonly List<(string Path, int Label)> files;

    private ClassFolders(List<(string Path, int Label)> files, int train, IReadOnlyList<string> classes)
    {
        (this.files, TrainImages, Classes) = (files, train, classes);
        Fingerprint = FileFingerprint.Of(files.Select(f => f.Path));
    }

    /// <inheritdoc/>
    public override string? Kind => null;

    /// <inheritdoc/>
    public override int TrainImages { get; }

    /// <inheritdoc/>
    public override int TestImages => files.Count - TrainImages;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public override int? Side => null;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <summary>Lists the files; every problem at once. Classes are the folders of <c>train</c> in ordinal order.</summary>
    public static SpecResult<ImageSource> Open(string root, string test)
    {
        var errors = new List<SpecError>();
        var (trainRoot, testRoot) = (Path.Combine(root, "train"), Path.Combine(root, test));
        var classes = Folders(trainRoot);
        if (classes.Count < 2)
        {
            errors.Add(new(trainRoot, $"{classes.Count} class folders", "at least 2, each with the images of one class"));
        }

        var there = Folders(testRoot);
        errors.AddRange(classes.Except(there).Select(c => new SpecError(Path.Combine(testRoot, c), "no such folder", $"the classes of {trainRoot}: {classes.Count} of them")));
        errors.AddRange(there.Except(classes).Select(c => new SpecError(Path.Combine(testRoot, c), "a class without training images", $"the classes of {trainRoot}: {classes.Count} of them")));
        var train = classes.SelectMany((c, label) => Files(Path.Combine(trainRoot, c), label, errors)).ToList();
        var tested = classes.Intersect(there).SelectMany(c => Files(Path.Combine(testRoot, c), classes.IndexOf(c), errors)).ToList();
        return errors.Count > 0 ? errors : new ClassFolders([.. train, .. tested], train.Count, classes);
    }

    /// <inheritdoc/>
    public override IEnumerable<SourceImage> Read(int from) => files.Skip(from).Select(f => new SourceImage(f.Path, f.Label, File.ReadAllBytes(f.Path)));

    private static List<string> Folders(string root) =>
        [.. new DirectoryInfo(root).GetDirectories().Select(d => d.Name).Where(n => !n.StartsWith('.')).Order(StringComparer.Ordinal)];

    private static List<(string Path, int Label)> Files(string folder, int label, List<SpecError> errors)
    {
        var info = new DirectoryInfo(folder);
        errors.AddRange(info.GetDirectories().Select(d => new SpecError(d.FullName, "a folder within a class folder", "image files only")));
        var found = info.GetFiles().Where(f => !f.Name.StartsWith('.')).Select(f => f.FullName).Order(StringComparer.Ordinal).ToList();
        if (found.Count == 0)
        {
            errors.Add(new(folder, "an empty class folder", "at least one image; or remove the class everywhere"));
        }

        return [.. found.Select(f => (f, label))];
    }
}
