using System.Security.Cryptography;

namespace SmallBatch.Specs.Datasets;

/// <summary>
/// CIFAR's official binary files: whole records of label bytes and 3,072 bytes of a 32×32 image, red, green and blue plane
/// row by row. Any number of whole records is taken; N is what the files hold.
/// </summary>
/// <param name="Kind"><c>cifar10</c> or <c>cifar100</c>.</param>
/// <param name="TrainFiles">Training files in order.</param>
/// <param name="TestFiles">Test files in order.</param>
/// <param name="LabelBytes">Bytes before the image; the last of them is the label trained on.</param>
/// <param name="Classes">Labels are 0 to this, exclusive.</param>
public sealed record CifarFiles(string Kind, IReadOnlyList<string> TrainFiles, IReadOnlyList<string> TestFiles, int LabelBytes, int Classes)
{
    /// <summary>Bytes of one image.</summary>
    public const int ImageBytes = 3 * 32 * 32;

    /// <summary>Most images of a split: what one array holds.</summary>
    private const long MostImages = 600_000;

    /// <summary>Bytes of one record.</summary>
    public int RecordBytes => LabelBytes + ImageBytes;

    /// <summary>The files of that kind under a folder, which may be the dataset's own or the one that holds it; not checked yet.</summary>
    public static CifarFiles At(string kind, string root)
    {
        var (folder, train, test, labels, classes) = kind == "cifar10"
            ? ("cifar-10-batches-bin", Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin").ToArray(), "test_batch.bin", 1, 10)
            : ("cifar-100-binary", ["train.bin"], "test.bin", 2, 100);
        var inner = Path.Combine(root, folder);
        var place = Directory.Exists(inner) ? inner : File.Exists(Path.Combine(root, test)) ? root : inner;
        return new(kind, [.. train.Select(f => Path.Combine(place, f))], [Path.Combine(place, test)], labels, classes);
    }

    /// <summary>Whether any of the files is there.</summary>
    public bool AnyThere => TrainFiles.Concat(TestFiles).Any(File.Exists);

    /// <summary>Checks every file, its size, its labels and that no file is there twice, and reads the identity. Every problem at once.</summary>
    public SpecResult<DatasetIdentity> Inspect()
    {
        if (!AnyThere)
        {
            var place = Path.GetDirectoryName(TestFiles[0])!;
            return new List<SpecError> { new(place, Directory.Exists(place) ? "none of its files" : "no such folder", $"the official binary files of {Kind}; 'smallbatch data fetch {Kind} --data DIR' brings them, and --data DIR names where they are") };
        }

        var errors = new List<SpecError>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var seen = new Dictionary<string, string>();
        var train = TrainFiles.Sum(f => Inspect(f, hash, seen, errors));
        var test = TestFiles.Sum(f => Inspect(f, hash, seen, errors));
        return errors.Count > 0
            ? errors
            : new DatasetIdentity(Kind, train, test, Classes, 3, 32, 32, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private int Inspect(string file, IncrementalHash hash, Dictionary<string, string> seen, List<SpecError> errors)
    {
        if (!File.Exists(file))
        {
            errors.Add(new(file, "no such file", $"a file of whole records of {RecordBytes} bytes; name the folder that holds it with --data"));
            return 0;
        }

        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length == 0 || stream.Length % RecordBytes != 0)
            {
                var whole = Math.Max(1, stream.Length / RecordBytes) * RecordBytes;
                errors.Add(new(file, $"{stream.Length} bytes", $"whole records of {RecordBytes} bytes, so {whole} or {whole + RecordBytes}; the file is truncated or no {Kind} file"));
                return 0;
            }

            if (stream.Length / RecordBytes > MostImages)
            {
                errors.Add(new(file, $"{stream.Length / RecordBytes} images", $"at most {MostImages}; pack more than that as a folder"));
                return 0;
            }

            using var own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var record = new byte[RecordBytes];
            var count = (int)(stream.Length / RecordBytes);
            for (var i = 0; i < count; i++)
            {
                stream.ReadExactly(record);
                hash.AppendData(record);
                own.AppendData(record);
                if (record[LabelBytes - 1] >= Classes)
                {
                    errors.Add(new(file, $"label {record[LabelBytes - 1]} in record {i}", $"labels from 0 to {Classes - 1}; the file is damaged or no {Kind} file"));
                    return 0;
                }
            }

            var digest = Convert.ToHexStringLower(own.GetHashAndReset());
            if (!seen.TryAdd(digest, file))
            {
                errors.Add(new(file, $"the bytes of {seen[digest]} again", "images of its own; one of the two was copied over the other"));
            }

            return count;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(file, failure.Message, "a file that can be read"));
            return 0;
        }
    }
}
