namespace SmallBatch.Training.Datasets;

/// <summary>The splits of a dataset.</summary>
/// <param name="Train">Images that are trained on.</param>
/// <param name="Test">Test images.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Sums">Sums over the training images; null to count them.</param>
internal sealed record DatasetImages(ImageSet Train, ImageSet Test, int Classes, ChannelSums? Sums = null)
{
    /// <summary>Training images that are not trained on and select instead, or null.</summary>
    public ImageSet? Validation { get; init; }

    /// <summary>Sums over the training images.</summary>
    public ChannelSums Sums { get; } = Sums ?? ChannelSums.Of(Train);

    /// <summary>So many of the images, evenly spaced over those of each split.</summary>
    public DatasetImages Part(int trainImages, int testImages) => new(Train.Spaced(trainImages), Test.Spaced(testImages), Classes, trainImages == Train.Count ? Sums : null);

    /// <summary>Value of each byte in each channel after normalisation by the training set's mean and standard deviation: [channel][byte].</summary>
    public float[][] Normalised => field ??= [.. Enumerable.Range(0, Train.Channels).Select(c => Enumerable.Range(0, 256).Select(v => (float)((v - Sums.Mean(c)) / Sums.Deviation(c))).ToArray())];
}
