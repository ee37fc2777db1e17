using System.Security.Cryptography;
using System.Text;

namespace SmallBatch.Specs.Datasets;

/// <summary>
/// Images made by the trainer from their index alone: 32×32×3, ten classes. Only their number varies; a change of the
/// generator raises <see cref="GeneratorVersion"/>.
/// </summary>
public static class SyntheticDataset
{
    /// <summary>Version of the generator; part of the content hash.</summary>
    public const int GeneratorVersion = 1;

    /// <summary>Its classes.</summary>
    public const int Classes = 10;

    /// <summary>Side of an image, pixels.</summary>
    public const int Side = 32;

    /// <summary>Identity of a synthetic dataset of these sizes.</summary>
    public static DatasetIdentity Identity(int trainImages, int testImages) => new(
        "synthetic",
        trainImages,
        testImages,
        Classes,
        3,
        Side,
        Side,
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"synthetic v{GeneratorVersion} {trainImages} {testImages}"))));
}
