using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SmallBatch.Specs.Datasets;

/// <summary>
/// Where everything stands in a pack. Numbers are little-endian: 8 bytes <see cref="Magic"/>, 4 bytes <see cref="Version"/>,
/// 4 bytes length of the header, the header (JSON, padded with spaces), the images (channels first, bytes, training before
/// test), 2 bytes a label, 32 bytes SHA-256 of each image, and at the end the content hash: SHA-256 over everything but
/// the images and itself. The digests bind the images, so the hash covers every byte and is checked without reading them.
/// </summary>
/// <param name="HeaderBytes">Length of the padded header.</param>
/// <param name="Images">Images of both splits.</param>
/// <param name="ImageBytes">Bytes of one image.</param>
public sealed record PackLayout(int HeaderBytes, long Images, int ImageBytes)
{
    /// <summary>The first eight bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "SBatPack"u8;

    /// <summary>Version of the format.</summary>
    public const int Version = 1;

    /// <summary>Bytes before the header.</summary>
    public const int PreambleBytes = 16;

    /// <summary>Bytes of a digest and of the content hash.</summary>
    public const int DigestBytes = SHA256.HashSizeInBytes;

    /// <summary>Bytes of a label.</summary>
    public const int LabelBytes = sizeof(ushort);

    /// <summary>First byte of the images.</summary>
    public long PixelOffset => PreambleBytes + HeaderBytes;

    /// <summary>First byte of the labels.</summary>
    public long LabelOffset => PixelOffset + (Images * ImageBytes);

    /// <summary>First byte of the digests.</summary>
    public long DigestOffset => LabelOffset + (Images * LabelBytes);

    /// <summary>First byte of the content hash.</summary>
    public long HashOffset => DigestOffset + (Images * DigestBytes);

    /// <summary>Length of the file.</summary>
    public long FileBytes => HashOffset + DigestBytes;

    /// <summary>The preamble of a header of that length.</summary>
    public static byte[] Preamble(int headerBytes)
    {
        var bytes = new byte[PreambleBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), headerBytes);
        return bytes;
    }
}
