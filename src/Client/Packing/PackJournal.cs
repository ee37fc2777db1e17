using System.Buffers.Binary;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Client.Packing;

/// <summary>What is known of an image that was packed, or left out.</summary>
/// <param name="Label">Its class; null where it was left out.</param>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Sums">Sum of each channel.</param>
/// <param name="Squares">Sum of the squares of each channel.</param>
internal sealed record JournalEntry(int? Label, byte[] Digest, long[] Sums, long[] Squares)
{
    /// <summary>Of an image that was left out.</summary>
    public static JournalEntry Skipped { get; } = new(null, new byte[PackLayout.DigestBytes], new long[PackHeader.Channels], new long[PackHeader.Channels]);
}

/// <summary>
/// The images that are safely in an unfinished pack, in order, so that an interrupted packing goes on behind them. It begins
/// with a key: another source, size or version begins anew. An entry is written after its image is on the disk.
/// </summary>
internal sealed class PackJournal : IDisposable
{
    private const int KeyBytes = 32;
    private const int EntryBytes = 2 + PackLayout.DigestBytes + (2 * PackHeader.Channels * sizeof(long));
    private const ushort SkippedLabel = ushort.MaxValue;
    private readonly FileStream stream;

    private PackJournal(FileStream stream) => this.stream = stream;

    /// <summary>The entries so far.</summary>
    public List<JournalEntry> Entries { get; } = [];

    /// <summary>Opens or begins the journal of a packing with that key, 32 bytes.</summary>
    public static PackJournal Open(string path, ReadOnlySpan<byte> key)
    {
        var journal = new PackJournal(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        var found = new byte[KeyBytes];
        if (journal.stream.ReadAtLeast(found, KeyBytes, throwOnEndOfStream: false) < KeyBytes || !found.AsSpan().SequenceEqual(key))
        {
            journal.stream.SetLength(0);
            journal.stream.Write(key);
            return journal;
        }

        var entry = new byte[EntryBytes];
        while (journal.stream.ReadAtLeast(entry, EntryBytes, throwOnEndOfStream: false) == EntryBytes)
        {
            journal.Entries.Add(Read(entry));
        }

        return journal;
    }

    /// <summary>Keeps the first <paramref name="count"/> entries and goes on behind them.</summary>
    public void Truncate(int count)
    {
        Entries.RemoveRange(count, Entries.Count - count);
        stream.SetLength(KeyBytes + ((long)count * EntryBytes));
        stream.Position = stream.Length;
    }

    /// <summary>Adds entries and brings them to the disk.</summary>
    public void Append(IEnumerable<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            stream.Write(Write(entry));
            Entries.Add(entry);
        }

        stream.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static byte[] Write(JournalEntry entry)
    {
        var bytes = new byte[EntryBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort?)entry.Label ?? SkippedLabel);
        entry.Digest.CopyTo(bytes.AsSpan(2));
        var numbers = bytes.AsSpan(2 + PackLayout.DigestBytes);
        for (var i = 0; i < PackHeader.Channels; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(numbers[(16 * i)..], entry.Sums[i]);
            BinaryPrimitives.WriteInt64LittleEndian(numbers[((16 * i) + 8)..], entry.Squares[i]);
        }

        return bytes;
    }

    private static JournalEntry Read(ReadOnlySpan<byte> bytes)
    {
        var label = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var (sums, squares) = (new long[PackHeader.Channels], new long[PackHeader.Channels]);
        var numbers = bytes[(2 + PackLayout.DigestBytes)..];
        for (var i = 0; i < PackHeader.Channels; i++)
        {
            sums[i] = BinaryPrimitives.ReadInt64LittleEndian(numbers[(16 * i)..]);
            squares[i] = BinaryPrimitives.ReadInt64LittleEndian(numbers[((16 * i) + 8)..]);
        }

        return new(label == SkippedLabel ? null : label, bytes.Slice(2, PackLayout.DigestBytes).ToArray(), sums, squares);
    }
}
