using System.Globalization;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The dataset as asked for.</summary>
/// <param name="Kind"><c>synthetic</c>, <c>cifar10</c>, <c>cifar100</c>, <c>imagenet</c> or <c>folder</c>.</param>
/// <param name="SyntheticTrainImages">Training images to make; null unless synthetic.</param>
/// <param name="SyntheticTestImages">Test images to make; null unless synthetic.</param>
/// <param name="Path">Name of the pack directly under the data root, without <c>.pack</c>; null unless <c>folder</c>.</param>
/// <param name="Crop">Side of the square that the trainer sees, pixels, 8 to 1024; null for the stored size.</param>
public sealed record DatasetSpec(string Kind, int? SyntheticTrainImages = null, int? SyntheticTestImages = null, string? Path = null, int? Crop = null)
{
    /// <summary>The canonical YAML value: the kind alone, or a mapping with every key that the kind has.</summary>
    public string CanonicalText
    {
        get
        {
            var settings = new List<string> { $"kind: {Kind}" };
            Add("trainImages", SyntheticTrainImages);
            Add("testImages", SyntheticTestImages);
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
