using System.Formats.Tar;
using System.Globalization;
using System.Text;
using SmallBatch.Specs;

namespace SmallBatch.Client.Packing;

/// <summary>
/// WebDataset shards: <c>train-*.tar</c> and <c>val-*.tar</c> or <c>test-*.tar</c>, in which the files of one sample share the
/// name up to its first dot: an image and a <c>.cls</c> with the label in digits. Other files of a sample are left out.
/// </summary>
internal sealed class TarShards : ImageSource
{
    private const int EndBytes = 1024;
    private static readonly string[] ImageExtensions = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];
    private readonly List<(string Shard, string Entry, int Label)> samples;

    private TarShards(List<(string Shard, string Entry, int Label)> samples, int train, int classes, IEnumerable<string> shards)
    {
        (this.samples, TrainImages) = (samples, train);
        Classes = [.. Enumerable.Range(0, classes).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        Fingerprint = FileFingerprint.Of(shards);
    }

    /// <inheritdoc/>
    public override string? Kind => null;

    /// <inheritdoc/>
    public override int TrainImages { get; }

    /// <inheritdoc/>
    public override int TestImages => samples.Count - TrainImages;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public override int? Side => null;

    /// <inheritdoc/>
    public override string Fingerprint { get; }

    /// <summary>The shards of a split, in order of their names.</summary>
    public static IReadOnlyList<string> Of(string root, string split) => [.. Directory.GetFiles(root, $"{split}-*.tar").Order(StringComparer.Ordinal)];

    /// <summary>Reads every shard's table of files and labels; every problem at once. Classes are 0 to the largest training label.</summary>
    public static SpecResult<ImageSource> Open(string root, string test)
    {
        var errors = new List<SpecError>();
        var train = Of(root, "train").SelectMany(s => Scan(s, errors)).ToList();
        var tested = Of(root, test).SelectMany(s => Scan(s, errors)).ToList();
        if (errors.Count > 0)
        {
            return errors;
        }

        var labels = train.Select(s => s.Label).ToHashSet();
        var classes = labels.Count == 0 ? 0 : labels.Max() + 1;
        if (labels.Count < Math.Max(2, classes))
        {
            var missing = Enumerable.Range(0, Math.Max(2, classes)).Except(labels).ToList();
            errors.Add(new(root, $"no training image of class {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? $" and {missing.Count - 5} more" : "")}", $"images of every class from 0 to {Math.Max(2, classes) - 1}; a shard may be missing"));
        }

        errors.AddRange(tested.Where(t => t.Label >= classes).Take(1).Select(t => new SpecError($"{t.Shard}: {t.Entry}", $"label {t.Label}", $"a label of the training shards, 0 to {classes - 1}")));
        return errors.Count > 0 ? errors : new TarShards([.. train, .. tested], train.Count, classes, [.. Of(root, "train"), .. Of(root, test)]);
    }

    /// <inheritdoc/>
    public override IEnumerable<SourceImage> Read(int from)
    {
        for (var first = from; first < samples.Count;)
        {
            var shard = samples[first].Shard;
            var next = first;
            using var reader = new TarReader(File.OpenRead(shard));
            while (next < samples.Count && samples[next].Shard == shard)
            {
                var entry = reader.GetNextEntry() ?? throw new UnusableFileException($"its end before {samples[next].Entry}", "the shard as it was when the packing began");
                if (entry.Name == samples[next].Entry)
                {
                    yield return new($"{shard}: {entry.Name}", samples[next++].Label, Bytes(entry));
                }
            }

            first = next;
        }
    }

    private static List<(string Shard, string Entry, int Label)> Scan(string shard, List<SpecError> errors)
    {
        var found = new List<(string, string, int)>();
        try
        {
            using var stream = File.OpenRead(shard);
            if (!EndsAsTar(stream))
            {
                errors.Add(new(shard, $"{stream.Length} bytes without the two empty blocks that end a tar", "a whole tar; it is truncated, copy it again"));
                return found;
            }

            using var reader = new TarReader(stream);
            var (key, image, label) = ("", (string?)null, (int?)null);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                {
                    continue;
                }

                var name = Path.GetFileName(entry.Name);
                var dot = name.IndexOf('.', StringComparison.Ordinal);
                var of = entry.Name[..(entry.Name.Length - name.Length + Math.Max(0, dot))];
                if (of != key)
                {
                    Close(key, image, label);
                    (key, image, label) = (of, null, null);
                }

                var extension = dot < 0 ? "" : name[dot..].ToLowerInvariant();
                if (ImageExtensions.Contains(extension))
                {
                    image = entry.Name;
                }
                else if (extension == ".cls")
                {
                    var text = Encoding.ASCII.GetString(Bytes(entry)).Trim();
                    label = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < ushort.MaxValue ? number : -1;
                    if (label < 0)
                    {
                        errors.Add(new($"{shard}: {entry.Name}", text.Length > 20 ? text[..20] + "…" : text, "a label in digits, 0 to 65534"));
                    }
                }
            }

            Close(key, image, label);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
        {
            errors.Add(new(shard, failure.Message, "a whole tar; it is damaged, copy it again"));
        }

        if (found.Count == 0 && errors.Count == 0)
        {
            errors.Add(new(shard, "no sample", "files NNN.jpg and NNN.cls"));
        }

        return found;

        void Close(string sample, string? image, int? label)
        {
            if (image is not null && label is { } known)
            {
                found.Add((shard, image, known));
            }
            else if (image is not null || label is not null)
            {
                errors.Add(new($"{shard}: {sample}", image is null ? "a label without its image" : "an image without its label", "NNN.jpg and NNN.cls one after the other"));
            }
        }
    }

    private static bool EndsAsTar(FileStream stream)
    {
        if (stream.Length < EndBytes || stream.Length % 512 != 0)
        {
            return false;
        }

        var end = new byte[EndBytes];
        stream.Seek(-EndBytes, SeekOrigin.End);
        stream.ReadExactly(end);
        stream.Position = 0;
        return end.AsSpan().IndexOfAnyExcept((byte)0) < 0;
    }

    private static byte[] Bytes(TarEntry entry)
    {
        var bytes = new byte[entry.Length];
        entry.DataStream?.ReadExactly(bytes);
        return bytes;
    }
}
