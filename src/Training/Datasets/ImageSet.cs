namespace SmallBatch.Training.Datasets;

/// <summary>Images of one split as raw bytes: planes row by row, channels first, one image after another.</summary>
/// <param name="Count">Images.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Height, pixels.</param>
/// <param name="Width">Width, pixels.</param>
/// <param name="Pixels">All images' bytes.</param>
/// <param name="Labels">Class of each image.</param>
internal sealed record ImageSet(int Count, int Channels, int Height, int Width, ReadOnlyMemory<byte> Pixels, byte[] Labels)
{
    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => Channels * Height * Width;

    /// <summary>One image.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.Span.Slice(index * ImageBytes, ImageBytes);
}

/// <summary>Both splits of a dataset.</summary>
internal sealed record DatasetImages(ImageSet Train, ImageSet Test, int Classes)
{
    /// <summary>Value of each byte in each channel after normalisation by the training set's mean and standard deviation: [channel][byte].</summary>
    public float[][] Normalised { get; } = Table(Train);

    private static float[][] Table(ImageSet train)
    {
        var plane = train.Height * train.Width;
        var table = new float[train.Channels][];
        for (var channel = 0; channel < train.Channels; channel++)
        {
            // Whole numbers only, so that mean and deviation are exact whatever the order.
            long sum = 0;
            long squares = 0;
            for (var image = 0; image < train.Count; image++)
            {
                foreach (var value in train.Image(image).Slice(channel * plane, plane))
                {
                    sum += value;
                    squares += value * value;
                }
            }

            var count = (double)train.Count * plane;
            var mean = sum / count;
            var deviation = Math.Max(1, Math.Sqrt((squares / count) - (mean * mean)));
            table[channel] = [.. Enumerable.Range(0, 256).Select(v => (float)((v - mean) / deviation))];
        }

        return table;
    }
}
