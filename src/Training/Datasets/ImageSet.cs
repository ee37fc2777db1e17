namespace SmallBatch.Training.Datasets;

/// <summary>Images of one split as raw bytes: planes row by row, channels first, one image after another.</summary>
/// <param name="Count">Images.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Height that the network sees, pixels.</param>
/// <param name="Width">Width that the network sees, pixels.</param>
/// <param name="Pixels">All images' bytes.</param>
/// <param name="Labels">Class of each image.</param>
internal sealed record ImageSet(int Count, int Channels, int Height, int Width, ImagePixels Pixels, ushort[] Labels)
{
    /// <summary>Height of the stored images, pixels; at least <see cref="Height"/>.</summary>
    public int StoredHeight { get; init; } = Height;

    /// <summary>Width of the stored images, pixels; at least <see cref="Width"/>.</summary>
    public int StoredWidth { get; init; } = Width;

    /// <summary>Values of one image as the network sees it.</summary>
    public int ImageBytes => Channels * Height * Width;

    /// <summary>The images at these places.</summary>
    public ImageSet At(int[] places) => this with { Count = places.Length, Pixels = Pixels.At(places), Labels = [.. places.Select(p => Labels[p])] };

    /// <summary>So many of the images, evenly spaced, so that a split sorted by class keeps every class.</summary>
    public ImageSet Spaced(int count) => count == Count ? this : At([.. Enumerable.Range(0, count).Select(i => (int)((long)i * Count / count))]);

    /// <summary>One image as it is stored.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.Image(index, Channels * StoredHeight * StoredWidth);
}
