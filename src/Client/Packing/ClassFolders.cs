using SmallBatch.Specs;

namespace SmallBatch.Client.Packing;

/// <summary>
/// A folder with <c>train</c> and <c>val</c> or <c>test</c>, each with one folder of image files per class; the test images may also
/// lie in one folder, as ILSVRC's do, beside a file that names the class of each. Hidden files are left out.
/// </summary>
internal sealed class ClassFolders : ImageSource
{
    private readonly List<(string Path, int Label)> files;

    private ClassFolders(List<(string Path, int Label)> files, int train, IReadOnlyList<string> classes, string? labels)
    {
        (this.files, TrainImages, Classes) = (files, train, classes);
        Fingerprint = FileFingerprint.Of([.. files.Select(f => f.Path), .. labels is null ? [] : new[] { labels }]);
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

    /// <summary>
    /// Lists the files; every problem at once. Classes are the folders of <c>train</c> in ordinal order. <paramref name="labels"/> is the
    /// file with the classes of test images that lie in one folder: a class folder's name a line, in ordinal order of the images' names.
    /// </summary>
    public static SpecResult<ImageSource> Open(string root, string test, string? labels)
    {
        var errors = new List<SpecError>();
        var (trainRoot, testRoot) = (Path.Combine(root, "train"), Path.Combine(root, test));
        var classes = Folders(trainRoot);
        if (classes.Count < 2)
        {
            errors.Add(new(trainRoot, $"{classes.Count} class folders", "at least 2, each with the images of one class"));
        }

        var train = classes.SelectMany((c, label) => Files(Path.Combine(trainRoot, c), label, errors)).ToList();
        var tested = labels is not null ? Labelled(testRoot, labels, classes, errors) : Foldered(trainRoot, testRoot, classes, errors);
        return errors.Count > 0 ? errors : new ClassFolders([.. train, .. tested], train.Count, classes, labels);
    }

    /// <inheritdoc/>
    public override IEnumerable<SourceImage> Read(int from) => files.Skip(from).Select(f => new SourceImage(f.Path, f.Label, File.ReadAllBytes(f.Path)));

    private static List<(string Path, int Label)> Foldered(string trainRoot, string testRoot, List<string> classes, List<SpecError> errors)
    {
        var there = Folders(testRoot);
        if (there.Count == 0)
        {
            errors.Add(new(testRoot, "no class folder", $"the classes of {trainRoot}: {classes.Count} of them; or --labels FILE with the class of each image"));
            return [];
        }

        errors.AddRange(classes.Except(there).Select(c => new SpecError(Path.Combine(testRoot, c), "no such folder", $"the classes of {trainRoot}: {classes.Count} of them")));
        errors.AddRange(there.Except(classes).Select(c => new SpecError(Path.Combine(testRoot, c), "a class without training images", $"the classes of {trainRoot}: {classes.Count} of them")));
        return [.. classes.Intersect(there).SelectMany(c => Files(Path.Combine(testRoot, c), classes.IndexOf(c), errors))];
    }

    private static List<(string Path, int Label)> Labelled(string testRoot, string labels, List<string> classes, List<SpecError> errors)
    {
        var files = Files(testRoot, 0, errors);
        var names = File.ReadAllLines(labels).Select(l => l.Trim()).ToList();
        if (names.Count != files.Count)
        {
            errors.Add(new(labels, $"{names.Count} lines for the {files.Count} files of {testRoot}", "a line for each, in order of the files' names"));
        }

        var numbers = classes.Select((name, label) => (name, label)).ToDictionary(c => c.name, c => c.label, StringComparer.Ordinal);
        var wrong = names.FindIndex(n => !numbers.ContainsKey(n));
        if (wrong >= 0)
        {
            // ILSVRC numbers its classes in another order than that of their names: to take a number for a folder's place would mislabel them all.
            errors.Add(new($"{labels}, line {wrong + 1}", names[wrong], $"the name of a folder in train, such as {classes.FirstOrDefault()}; numbers are not taken, since they say nothing of their order"));
        }

        errors.AddRange(classes.Except(names).Take(1).Select(c => new SpecError(labels, $"no image of class {c}", "at least one of each class; or remove the class everywhere")));
        return errors.Count > 0 ? [] : [.. files.Select((f, i) => (f.Path, numbers[names[i]]))];
    }

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
