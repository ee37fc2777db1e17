namespace SmallBatch.Specs.Datasets;

/// <summary>What a dataset is, independent of where it lies.</summary>
/// <param name="Kind"><c>synthetic</c>, <c>cifar10</c> or <c>cifar100</c>.</param>
/// <param name="TrainImages">N.</param>
/// <param name="TestImages">Test images.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Height">Height, pixels.</param>
/// <param name="Width">Width, pixels.</param>
/// <param name="ContentHash">SHA-256 over the image files' bytes in order, hex; for synthetic data over its generator's version and parameters.</param>
public sealed record DatasetIdentity(
    string Kind,
    int TrainImages,
    int TestImages,
    int Classes,
    int Channels,
    int Height,
    int Width,
    string ContentHash)
{
    /// <summary><c>cifar10 (5000 train, 1000 test)</c>.</summary>
    public override string ToString() => $"{Kind} ({TrainImages} train, {TestImages} test)";
}
