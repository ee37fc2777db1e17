using System.Text.Json.Serialization;

namespace SmallBatch.Specs.Datasets;

/// <summary>What a dataset is, independent of where it lies.</summary>
/// <param name="Kind"><c>synthetic</c>, <c>cifar10</c>, <c>cifar100</c>, <c>imagenet</c> or <c>folder</c>.</param>
/// <param name="TrainImages">N.</param>
/// <param name="TestImages">Test images.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Height">Height that the trainer sees, pixels: the stored one, or that of the crop.</param>
/// <param name="Width">Width that the trainer sees, pixels.</param>
/// <param name="ContentHash">SHA-256 over the image files' bytes in order, hex; a pack's content hash; for synthetic data over its generator's version and parameters.</param>
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
    /// <summary>The name that a folder was packed under; null for every other kind.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary><c>cifar10 (5000 train, 1000 test)</c>.</summary>
    public override string ToString() => $"{Name ?? Kind} ({TrainImages} train, {TestImages} test)";

    /// <summary>The same with so many training images kept back: <c>cifar10 (4500 train, 500 validation, 1000 test)</c>; null for none.</summary>
    public string Describe(int? validation) => validation is { } kept ? $"{Name ?? Kind} ({TrainImages - kept} train, {kept} validation, {TestImages} test)" : ToString();
}
