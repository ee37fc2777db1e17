namespace SmallBatch.Training.Datasets;

/// <summary>The stored bytes of a split, one image after another; there may be more than an array holds.</summary>
internal abstract class ImagePixels
{
    /// <summary>The bytes of image <paramref name="index"/>, each image of <paramref name="length"/> bytes.</summary>
    public abstract ReadOnlySpan<byte> Image(int index, int length);

    /// <summary>Bytes in memory.</summary>
    public static implicit operator ImagePixels(byte[] bytes) => new Managed(bytes);

    /// <summary>The images at these places.</summary>
    public ImagePixels At(int[] places) => new Chosen(this, places);

    private sealed class Chosen(ImagePixels all, int[] places) : ImagePixels
    {
        public override ReadOnlySpan<byte> Image(int index, int length) => all.Image(places[index], length);
    }

    private sealed class Managed(byte[] bytes) : ImagePixels
    {
        public override ReadOnlySpan<byte> Image(int index, int length) => bytes.AsSpan(checked(index * length), length);
    }
}
