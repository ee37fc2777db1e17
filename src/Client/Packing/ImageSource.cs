namespace SmallBatch.Client.Packing;

/// <summary>Where images come from: always in the same order, training before test.</summary>
internal abstract class ImageSource
{
    /// <summary>Kind of dataset that the source itself tells, or null.</summary>
    public abstract string? Kind { get; }

    /// <summary>Training images.</summary>
    public abstract int TrainImages { get; }

    /// <summary>Test images.</summary>
    public abstract int TestImages { get; }

    /// <summary>Names of the classes, by label.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Side of the images where they are pixels already; null where they are encoded files of any size.</summary>
    public abstract int? Side { get; }

    /// <summary>Changes where any file's name, length or time of change does.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>The images from the one of that number on. Throws <see cref="UnusableFileException"/> where one is there no longer.</summary>
    public abstract IEnumerable<SourceImage> Read(int from);
}
