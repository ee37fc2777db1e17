namespace SmallBatch.Training.Datasets;

/// <summary>Sums over all bytes of each channel: whole numbers, so that mean and deviation are exact whatever the order.</summary>
/// <param name="Count">Bytes of a channel.</param>
/// <param name="Sums">Their sum, per channel.</param>
/// <param name="Squares">The sum of their squares, per channel.</param>
internal sealed record ChannelSums(long Count, IReadOnlyList<long> Sums, IReadOnlyList<long> Squares)
{
    /// <summary>Mean of a channel.</summary>
    public double Mean(int channel) => Sums[channel] / (double)Count;

    /// <summary>Standard deviation of a channel; at least 1, so that a constant channel can be divided by it.</summary>
    public double Deviation(int channel) => Math.Max(1, Math.Sqrt((Squares[channel] / (double)Count) - (Mean(channel) * Mean(channel))));

    /// <summary>Sums over a split's stored images.</summary>
    public static ChannelSums Of(ImageSet images)
    {
        var plane = images.StoredHeight * images.StoredWidth;
        var (sums, squares) = (new long[images.Channels], new long[images.Channels]);
        for (var image = 0; image < images.Count; image++)
        {
            for (var channel = 0; channel < images.Channels; channel++)
            {
                foreach (var value in images.Image(image).Slice(channel * plane, plane))
                {
                    sums[channel] += value;
                    squares[channel] += value * value;
                }
            }
        }

        return new((long)images.Count * plane, sums, squares);
    }
}
