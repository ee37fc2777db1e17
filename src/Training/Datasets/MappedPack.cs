using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Training.Datasets;

/// <summary>
/// A pack's images as one read-only mapping: processes on one machine share its pages. An image's digest is checked when it
/// is first used, so that a damaged byte ends the training and never enters it. The mapping goes with its last reader.
/// </summary>
internal sealed unsafe class MappedPack
{
    private readonly PackFile pack;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* first;
    private readonly bool[] checkedImages;

    /// <summary>Maps the file.</summary>
    public MappedPack(PackFile pack)
    {
        this.pack = pack;
        using var file = MemoryMappedFile.CreateFromFile(pack.Path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        first = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + pack.Layout.PixelOffset;
        checkedImages = new bool[pack.Layout.Images];
    }

    /// <summary>The images from <paramref name="offset"/> on.</summary>
    public ImagePixels From(int offset) => new Part(this, offset);

    /// <summary>An image of either split. Throws <see cref="InvalidDataException"/> where its bytes do not fit their digest.</summary>
    private ReadOnlySpan<byte> Image(long index)
    {
        var bytes = new ReadOnlySpan<byte>(first + (index * pack.Layout.ImageBytes), pack.Layout.ImageBytes);
        if (!checkedImages[index])
        {
            Span<byte> digest = stackalloc byte[PackLayout.DigestBytes];
            SHA256.HashData(bytes, digest);
            checkedImages[index] = digest.SequenceEqual(pack.Digest(index)) ? true : throw new InvalidDataException(pack.Damaged(index).ToString());
        }

        return bytes;
    }

    private sealed class Part(MappedPack all, int offset) : ImagePixels
    {
        public override ReadOnlySpan<byte> Image(int index, int length) => all.Image((long)offset + index);
    }
}
