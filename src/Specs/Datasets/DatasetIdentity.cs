using System.Text.Json.Serialization;
using static System.FormattableString;

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

    /// <summary>Training images of the whole dataset, where only some of them are taken; null where all are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StoredTrainImages { get; init; }

    /// <summary>Test images of the whole dataset, where only some of them are taken; null where all are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StoredTestImages { get; init; }

    /// <summary>The dataset with all of its images.</summary>
    public DatasetIdentity Whole() => this with
    {
        TrainImages = StoredTrainImages ?? TrainImages,
        TestImages = StoredTestImages ?? TestImages,
        StoredTrainImages = null,
        StoredTestImages = null,
    };

    /// <summary>So many of its images, evenly spaced over those of each split; null for all. What there is not is an error.</summary>
    public SpecResult<DatasetIdentity> Part(int? trainImages, int? testImages)
    {
        var whole = Whole();
        var errors = new List<SpecError>();
        Check("trainImages", trainImages, whole.TrainImages);
        Check("testImages", testImages, whole.TestImages);
        return errors.Count > 0 ? errors : whole with
        {
            TrainImages = trainImages ?? whole.TrainImages,
            TestImages = testImages ?? whole.TestImages,
            StoredTrainImages = trainImages < whole.TrainImages ? whole.TrainImages : null,
            StoredTestImages = testImages < whole.TestImages ? whole.TestImages : null,
        };

        void Check(string key, int? wanted, int stored)
        {
            if (wanted > stored)
            {
                errors.Add(new($"dataset.{key}", Invariant($"{wanted}"), Invariant($"at most the {stored} of {whole}")));
            }
        }
    }

    /// <summary><c>cifar10 (5000 train, 1000 test)</c>; of a part <c>cifar10 (2048 of 50000 train, 1000 of 10000 test)</c>.</summary>
    public override string ToString() => Describe(null);

    /// <summary>The same with so many training images kept back: <c>cifar10 (4500 train, 500 validation, 1000 test)</c>; null for none.</summary>
    public string Describe(int? validation)
    {
        var kept = validation is { } images ? Invariant($" {images} validation,") : "";
        return Invariant($"{Name ?? Kind} ({Count(TrainImages - (validation ?? 0), StoredTrainImages)} train,{kept} {Count(TestImages, StoredTestImages)} test)");
    }

    private static string Count(int images, int? stored) => stored is null ? Invariant($"{images}") : Invariant($"{images} of {stored}");
}
