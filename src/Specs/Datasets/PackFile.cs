using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SmallBatch.Specs.Datasets;

/// <summary>A pack whose header, labels and digests were read and fit the content hash. The images were not read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Header">Its header.</param>
/// <param name="Layout">Where everything stands.</param>
/// <param name="Labels">Class of each image, training before test.</param>
/// <param name="Digests">SHA-256 of each image.</param>
/// <param name="ContentHash">The content hash, hex.</param>
public sealed record PackFile(string Path, PackHeader Header, PackLayout Layout, ReadOnlyMemory<ushort> Labels, ReadOnlyMemory<byte> Digests, string ContentHash)
{
    private const int MostHeaderBytes = 16 << 20;
    private const string Again = "pack it again: smallbatch data pack --help";

    /// <summary>What the trainer sees of it: squares of <paramref name="crop"/> pixels, null for the stored size.</summary>
    public DatasetIdentity Identity(int? crop) => new(
        Header.Kind, Header.TrainImages, Header.TestImages, Header.Classes.Count, PackHeader.Channels, crop ?? Header.Side, crop ?? Header.Side, ContentHash)
    {
        Name = Header.Kind == "folder" ? Header.Name : null,
    };

    /// <summary>Digest of an image.</summary>
    public ReadOnlySpan<byte> Digest(long image) => Digests.Span.Slice((int)(image * PackLayout.DigestBytes), PackLayout.DigestBytes);

    /// <summary>Reads the pack without its images; every problem names the file.</summary>
    public static SpecResult<PackFile> Inspect(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Read(path, stream);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refuse(path, "no such file", "a pack; smallbatch data pack --help tells how to make one");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refuse(path, failure.Message, "a file that can be read");
        }
    }

    /// <summary>The content hash that a file claims, hex; null where it is no pack. Proves nothing.</summary>
    public static string? ClaimedHash(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[PackLayout.DigestBytes];
        if (stream.Length < PackLayout.PreambleBytes + PackLayout.DigestBytes || stream.ReadAtLeast(bytes[..8], 8) != 8 || !bytes[..8].SequenceEqual(PackLayout.Magic))
        {
            return null;
        }

        stream.Seek(-PackLayout.DigestBytes, SeekOrigin.End);
        stream.ReadExactly(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Reads every image and checks its digest; the first that does not fit, or null. Says how many are done.</summary>
    public SpecError? VerifyImages(Action<long> done, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(done);
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        stream.Position = Layout.PixelOffset;
        var image = new byte[Layout.ImageBytes];
        Span<byte> digest = stackalloc byte[PackLayout.DigestBytes];
        for (long i = 0; i < Layout.Images; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.ReadExactly(image);
            SHA256.HashData(image, digest);
            if (!digest.SequenceEqual(Digest(i)))
            {
                return Damaged(i);
            }

            done(i + 1);
        }

        return null;
    }

    /// <summary>What to say of an image whose bytes do not fit their digest.</summary>
    public SpecError Damaged(long image) => new(
        Path, string.Create(CultureInfo.InvariantCulture, $"image {image} at byte {Layout.PixelOffset + (image * Layout.ImageBytes)} that does not fit its checksum"), $"the bytes that were packed; the file is damaged, {Again}");

    private static SpecResult<PackFile> Read(string path, FileStream stream)
    {
        var preamble = new byte[PackLayout.PreambleBytes];
        if (stream.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false) < preamble.Length || !preamble.AsSpan(0, 8).SequenceEqual(PackLayout.Magic))
        {
            return Refuse(path, "no pack", $"a file that begins with SBatPack; {Again}");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(8));
        var headerBytes = BinaryPrimitives.ReadInt32LittleEndian(preamble.AsSpan(12));
        if (version != PackLayout.Version)
        {
            return Refuse(path, $"format version {version}", $"format version {PackLayout.Version}; {Again}");
        }

        if (headerBytes is < 2 or > MostHeaderBytes || headerBytes > stream.Length - stream.Position)
        {
            return Refuse(path, $"a header of {headerBytes} bytes", $"2 to {MostHeaderBytes} bytes within the file; it is damaged, {Again}");
        }

        var json = new byte[headerBytes];
        stream.ReadExactly(json);
        if (PackHeader.Read(json) is not { } header)
        {
            return Refuse(path, "a header that cannot be read", $"the header of a pack; the file is damaged, {Again}");
        }

        var layout = new PackLayout(headerBytes, header.Images, header.ImageBytes);
        if (stream.Length != layout.FileBytes)
        {
            var how = stream.Length < layout.FileBytes ? "truncated" : "too long";
            return Refuse(path, $"{stream.Length} bytes", $"{layout.FileBytes}, as its header says; the file is {how}, {Again}");
        }

        stream.Position = layout.LabelOffset;
        var tail = new byte[layout.FileBytes - layout.LabelOffset];
        stream.ReadExactly(tail);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(preamble);
        hash.AppendData(json);
        hash.AppendData(tail, 0, tail.Length - PackLayout.DigestBytes);
        var found = hash.GetHashAndReset();
        if (!found.AsSpan().SequenceEqual(tail.AsSpan(tail.Length - PackLayout.DigestBytes)))
        {
            return Refuse(path, "a header, labels or digests that do not fit the checksum", $"the bytes that were packed; the file is damaged, {Again}");
        }

        var labelBytes = (int)(layout.DigestOffset - layout.LabelOffset);
        var labels = MemoryMarshal.Cast<byte, ushort>(tail.AsSpan(0, labelBytes)).ToArray();
        var wrong = Array.FindIndex(labels, l => l >= header.Classes.Count);
        return wrong < 0
            ? new PackFile(path, header, layout, labels, tail.AsMemory(labelBytes, tail.Length - labelBytes - PackLayout.DigestBytes), Convert.ToHexStringLower(found))
            : Refuse(path, $"label {labels[wrong]} of image {wrong}", $"labels from 0 to {header.Classes.Count - 1}; {Again}");
    }

    private static SpecResult<PackFile> Refuse(string path, string found, string wanted) => new List<SpecError> { new(path, found, wanted) };
}
