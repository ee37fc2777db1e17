using SmallBatch.Specs;

namespace SmallBatch.Client.Packing;

/// <summary>CIFAR's python version: batches of 3,072 bytes an image, red, green and blue plane row by row, and labels.</summary>
internal sealed class CifarPickles : ImageSource
{
    private const int ImageBytes = 3 * 32 * 32;
    private readonly List<(string Path, PickledArray Images, List<int> Labels)> batches;

    private CifarPickles(string kind, List<(string Path, PickledArray Images, List<int> Labels)> batches, IReadOnlyList<string> classes)
    {
        (Kind, this.batches, Classes) = (kind, batches, classes);
        Fingerprint = FileFingerprint.Of(batches.Select(b => b.Path));
    }

    /// <inheritdoc/>
    public override string? Kind { get; }

    /// <inheritdoc/>
    public override int TrainImages => batches.SkipLast(1).Sum(b => b.Labels.Count);

    /// <inheritdoc/>
    public override int TestImages => batches[^1].Labels.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public override int? Side => 32;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <summary>The kind whose files lie in a folder, or null.</summary>
    public static string? KindAt(string root) =>
        File.Exists(Path.Combine(root, "batches.meta")) ? "cifar10" : File.Exists(Path.Combine(root, "meta")) && File.Exists(Path.Combine(root, "train")) ? "cifar100" : null;

    /// <summary>Reads and checks every batch; every problem at once.</summary>
    public static SpecResult<ImageSource> Open(string root, string kind)
    {
        var errors = new List<SpecError>();
        var (meta, names, labels, files) = kind == "cifar10"
            ? ("batches.meta", "label_names", "labels", Enumerable.Range(1, 5).Select(i => $"data_batch_{i}").Append("test_batch"))
            : ("meta", "fine_label_names", "fine_labels", ["train", "test"]);
        var classCount = kind == "cifar10" ? 10 : 100;
        var classes = Load(Path.Combine(root, meta), errors)?.GetValueOrDefault(names) is List<object?> list ? list.Select(PickleReader.Text).ToList() : [];
        if (classes.Count != classCount && errors.Count == 0)
        {
            errors.Add(new(Path.Combine(root, meta), $"{classes.Count} classes", $"the {classCount} of {kind}"));
        }

        var batches = files.Select(f => Path.Combine(root, f)).Select(f => (Path: f, Batch: Load(f, errors) is { } batch ? Batch(f, batch, labels, classCount, errors) : null)).ToList();
        return errors.Count > 0 ? errors : new CifarPickles(kind, [.. batches.Select(b => (b.Path, b.Batch!.Value.Images, b.Batch.Value.Labels))], classes);
    }

    /// <inheritdoc/>
    public override IEnumerable<SourceImage> Read(int from) => batches
        .SelectMany(b => b.Labels.Select((label, i) => new SourceImage($"{b.Path}: image {i}", label, b.Images.Bytes.Slice(i * ImageBytes, ImageBytes).ToArray())))
        .Skip(from);

    private static Dictionary<string, object?>? Load(string path, List<SpecError> errors)
    {
        try
        {
            return PickleReader.Read(File.ReadAllBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(path, failure is FileNotFoundException ? "no such file" : failure.Message, "a file of CIFAR's python version"));
        }
        catch (UnusableFileException failure)
        {
            errors.Add(new(path, failure.Found, failure.Wanted));
        }

        return null;
    }

    private static (PickledArray Images, List<int> Labels)? Batch(string path, Dictionary<string, object?> batch, string key, int classes, List<SpecError> errors)
    {
        if (PickleReader.ArrayOf(batch.GetValueOrDefault("data")) is not { Shape: [var count, ImageBytes] } images)
        {
            errors.Add(new(path, "no 'data' of N × 3072 bytes", "a batch of CIFAR's python version"));
            return null;
        }

        if (batch.GetValueOrDefault(key) is not List<object?> list || list.Count != count || list.Exists(l => l is not long))
        {
            errors.Add(new(path, $"no '{key}' of {count} numbers", "one label an image"));
            return null;
        }

        var labels = list.ConvertAll(l => (int)(long)l!);
        var wrong = labels.FindIndex(l => l < 0 || l >= classes);
        if (wrong >= 0)
        {
            errors.Add(new(path, $"label {labels[wrong]} of image {wrong}", $"labels from 0 to {classes - 1}"));
            return null;
        }

        return (images, labels);
    }
}
