using System.Globalization;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The dataset as asked for.</summary>
/// <param name="Kind"><c>synthetic</c>, <c>cifar10</c>, <c>cifar100</c>, <c>imagenet</c> or <c>folder</c>.</param>
/// <param name="TrainImages">Training images to make, where synthetic; else how many of those that are stored, evenly spaced, or null for all.</param>
/// <param name="TestImages">The same of the test images.</param>
/// <param name="Path">Name of the pack directly under the data root, without <c>.pack</c>; null unless <c>folder</c>.</param>
/// <param name="Crop">Side of the square that the trainer sees, pixels, 8 to 1024; null for the stored size.</param>
public sealed record DatasetSpec(string Kind, int? TrainImages = null, int? TestImages = null, string? Path = null, int? Crop = null)
{
    /// <summary>The canonical YAML value: the kind alone, or a mapping with every key that the kind has.</summary>
    public string CanonicalText
    {
        get
        {
            var settings = new List<string> { $"kind: {Kind}" };
            Add("trainImages", TrainImages);
            Add("testImages", TestImages);
            Add("path", Path);
            Add("crop", Crop);
            return settings.Count == 1 ? Kind : $"{{ {string.Join(", ", settings)} }}";

            void Add(string key, object? value)
            {
                if (value is not null)
                {
                    settings.Add(string.Create(CultureInfo.InvariantCulture, $"{key}: {value}"));
                }
            }
        }
    }
}
