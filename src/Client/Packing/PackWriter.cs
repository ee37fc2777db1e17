using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Client.Packing;

/// <summary>
/// Packs a source into one file. Images are decoded on all cores and written in order to NAME.pack.part beside a journal; an
/// interrupted packing goes on there and ends with the same bytes. The pack appears, whole, by a rename.
/// </summary>
internal sealed class PackWriter(ImageSource source, PackRequest request, Action<PackProgress> report)
{
    private const int Chunk = 256;
    private const int HeaderBlock = 4096;
    private readonly int side = source.Side ?? request.Size;
    private readonly int total = source.TrainImages + source.TestImages;
    private int skipped;

    private string Target => DatasetCatalog.PackPath(request.Root, request.Name);

    private string PartPath => Target + ".part";

    private string JournalPath => Target + ".journal";

    private int ImageBytes => PackHeader.Channels * side * side;

    /// <summary>Packs; answers the pack, or every reason why there is none. What is done stays for the next call.</summary>
    public SpecResult<PackFile> Write(CancellationToken cancellationToken)
    {
        if (File.Exists(Target))
        {
            return Refuse(Target, "a pack of that name", "another --name, or that file moved away first");
        }

        var preambleAndHeader = Preamble(Header([], int.MaxValue, int.MaxValue, long.MaxValue), null).Length;
        try
        {
            using var journal = PackJournal.Open(JournalPath, Key());
            using var part = new FileStream(PartPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 20);
            var errors = Resume(journal, part, preambleAndHeader) ?? Fill(journal, part, cancellationToken) ?? Finish(journal, part, preambleAndHeader);
            if (errors is not null)
            {
                return errors;
            }
        }
        catch (UnusableFileException failure)
        {
            return Refuse(Target, failure.Found, failure.Wanted);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refuse(PartPath, failure.Message, "a data folder that can be written, with room, and no other packing of that name; the same command goes on");
        }

        File.Move(PartPath, Target);
        File.Delete(JournalPath);
        return PackFile.Inspect(Target);
    }

    /// <summary>What a journal must have begun with to be gone on with.</summary>
    private byte[] Key() => SHA256.HashData(Encoding.UTF8.GetBytes($"{PackLayout.Version}|{request.Kind}|{request.Name}|{side}|{source.Fingerprint}"));

    /// <summary>Goes to the end of what is safe; an error where the rest does not fit on the disk.</summary>
    private List<SpecError>? Resume(PackJournal journal, FileStream part, int pixelOffset)
    {
        var (safe, end) = (0, (long)pixelOffset);
        while (safe < journal.Entries.Count)
        {
            var next = end + (journal.Entries[safe].Label is null ? 0 : ImageBytes);
            if (next > part.Length)
            {
                break;
            }

            (safe, end) = (safe + 1, next);
        }

        skipped = journal.Entries.Take(safe).Count(e => e.Label is null);
        if (!request.SkipBroken && skipped > 0)
        {
            return [new(JournalPath, "a packing that left out broken images", "--skip-broken again, or that file removed to begin anew")];
        }

        var wanted = new PackLayout(pixelOffset - PackLayout.PreambleBytes, total, ImageBytes).FileBytes - end;
        if (new DriveInfo(Path.GetFullPath(request.Root)).AvailableFreeSpace is var free && free < wanted)
        {
            return [new(request.Root, string.Create(CultureInfo.InvariantCulture, $"{free} bytes free"), string.Create(CultureInfo.InvariantCulture, $"{wanted} bytes for the rest of the pack; or a smaller --size"))];
        }

        journal.Truncate(safe);
        part.SetLength(end);
        part.Position = end;
        return null;
    }

    private List<SpecError>? Fill(PackJournal journal, FileStream part, CancellationToken cancellationToken)
    {
        Report(journal);
        foreach (var images in source.Read(journal.Entries.Count).Chunk(Chunk))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var decoded = new (byte[]? Pixels, SpecError? Error)[images.Length];
            Parallel.For(0, images.Length, i => decoded[i] = Decode(images[i]));
            var broken = decoded.Select(d => d.Error).OfType<SpecError>().ToList();
            if (broken.Count > 0 && !request.SkipBroken)
            {
                return broken;
            }

            var entries = new List<JournalEntry>(images.Length);
            foreach (var ((pixels, _), image) in decoded.Zip(images))
            {
                entries.Add(pixels is null ? JournalEntry.Skipped : Describe(pixels, image.Label));
                part.Write(pixels ?? []);
            }

            part.Flush(flushToDisk: true);
            journal.Append(entries);
            skipped += broken.Count;
            Report(journal);
        }

        return null;
    }

    private (byte[]? Pixels, SpecError? Error) Decode(SourceImage image)
    {
        try
        {
            return (source.Side is null ? ImageDecoder.Decode(image.Bytes, side) : image.Bytes, null);
        }
        catch (UnusableFileException failure)
        {
            return (null, new(image.Name, failure.Found, $"{failure.Wanted}; --skip-broken leaves such files out"));
        }
    }

    private JournalEntry Describe(byte[] pixels, int label)
    {
        var (sums, squares) = (new long[PackHeader.Channels], new long[PackHeader.Channels]);
        for (var i = 0; i < pixels.Length; i++)
        {
            var channel = i / (side * side);
            sums[channel] += pixels[i];
            squares[channel] += pixels[i] * pixels[i];
        }

        return new(label, SHA256.HashData(pixels), sums, squares);
    }

    private List<SpecError>? Finish(PackJournal journal, FileStream part, int pixelOffset)
    {
        var train = journal.Entries.Take(source.TrainImages).Where(e => e.Label is not null).ToList();
        var kept = journal.Entries.Where(e => e.Label is not null).ToList();
        var trained = train.Select(e => e.Label!.Value).ToHashSet();
        var empty = Enumerable.Range(0, source.Classes.Count).Where(c => !trained.Contains(c)).ToList();
        if (empty.Count > 0 || kept.Count == train.Count)
        {
            var found = empty.Count > 0 ? $"no training image of class {source.Classes[empty[0]]}{(empty.Count > 1 ? $" and {empty.Count - 1} others" : "")}" : "no test image";
            return [new(Target, $"{found} that could be used", "at least one of each class, and one to test on")];
        }

        var header = Header(train, train.Count, kept.Count - train.Count, null);
        var preamble = Preamble(header, pixelOffset);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(preamble);
        Append(BytesOf(kept));
        foreach (var entry in kept)
        {
            Append(entry.Digest);
        }

        part.Write(hash.GetHashAndReset());
        part.Position = 0;
        part.Write(preamble);
        part.Flush(flushToDisk: true);
        return null;

        void Append(byte[] bytes)
        {
            hash.AppendData(bytes);
            part.Write(bytes);
        }
    }

    private static byte[] BytesOf(List<JournalEntry> kept)
    {
        var labels = new byte[kept.Count * PackLayout.LabelBytes];
        for (var i = 0; i < kept.Count; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(labels.AsSpan(i * PackLayout.LabelBytes), (ushort)kept[i].Label!.Value);
        }

        return labels;
    }

    /// <summary>The header of these training images; with <paramref name="number"/> every sum is that, for the longest header there can be.</summary>
    private PackHeader Header(List<JournalEntry> train, int trainCount, int testCount, long? number) => new(
        request.Kind,
        request.Name,
        trainCount,
        testCount,
        side,
        number is null ? total - trainCount - testCount : int.MaxValue,
        source.Classes,
        [.. Enumerable.Range(0, PackHeader.Channels).Select(c => number ?? train.Sum(e => e.Sums[c]))],
        [.. Enumerable.Range(0, PackHeader.Channels).Select(c => number ?? train.Sum(e => e.Squares[c]))]);

    /// <summary>Preamble and header, padded with spaces to a whole block, or to the room that was left.</summary>
    private static byte[] Preamble(PackHeader header, int? room)
    {
        var json = header.Write();
        var bytes = room ?? (PackLayout.PreambleBytes + json.Length + HeaderBlock - 1) / HeaderBlock * HeaderBlock;
        var all = new byte[bytes];
        all.AsSpan().Fill((byte)' ');
        PackLayout.Preamble(bytes - PackLayout.PreambleBytes).CopyTo(all, 0);
        json.CopyTo(all, PackLayout.PreambleBytes);
        return all;
    }

    private void Report(PackJournal journal) => report(new(journal.Entries.Count, total, skipped));

    private static SpecResult<PackFile> Refuse(string path, string found, string wanted) => new List<SpecError> { new(path, found, wanted) };
}
