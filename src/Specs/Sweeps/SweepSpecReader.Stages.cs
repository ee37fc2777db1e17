using System.Globalization;
using SmallBatch.Specs.Settings;
using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The keys that say which η̃ each batch size trains, where that differs from one to the other.</summary>
public sealed partial class SweepSpecReader
{
    private static readonly string[] FromKeys = ["sweep", "id"];

    private FirstStage? ReadFrom()
    {
        if (!keys.ContainsKey("from") || Mapping("from", "{ sweep: NAME }", FromKeys) is not { } settings)
        {
            return null;
        }

        var sweep = settings.TryGetValue("sweep", out var name) ? YamlInput.Scalar(name) ?? "" : "";
        if (!Name().IsMatch(sweep))
        {
            errors.Add(new("from.sweep", name is null ? "nothing" : YamlInput.Found(name), "the name of a completed sweep"));
        }

        return new(sweep, settings.TryGetValue("id", out var id) ? YamlInput.Scalar(id) : null);
    }

    /// <summary>
    /// Each batch size's own η̃; null where every one has the same. With a first stage those that are not named are asked for there.
    /// </summary>
    private Dictionary<int, IReadOnlyList<BaseLearningRate>>? ReadRatesByBatchSize(IReadOnlyList<int> batchSizes)
    {
        const string wanted = "a list of positive numbers, or one, such as 2^-9";
        var from = keys.ContainsKey("from");
        if (!keys.TryGetValue("baseLearningRates", out var node) || node is not YamlMappingNode mapping)
        {
            if (from && node is not null)
            {
                errors.Add(new("baseLearningRates", "an axis beside from", "nothing: the first stage chooses; or { 8: 2^-9 }, which names some batch sizes' own"));
            }

            return from ? [] : null;
        }

        var rates = new Dictionary<int, IReadOnlyList<BaseLearningRate>>();
        foreach (var (key, value) in mapping.Children)
        {
            var text = (key as YamlScalarNode)?.Value ?? "(no text)";
            var path = YamlInput.Join("baseLearningRates", text);
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var m) || !batchSizes.Contains(m))
            {
                errors.Add(new(path, "a key that is no batch size of this sweep", $"one of {string.Join(", ", batchSizes)}"));
                continue;
            }

            var items = value is YamlSequenceNode ? input.Items(value, path, wanted).ToList() : [(value, path)];
            rates[m] = Distinct([.. items.Select(i => (i.Path, Rate(i.Node, i.Path)))]);
        }

        foreach (var m in batchSizes.Where(m => !rates.ContainsKey(m) && !from))
        {
            errors.Add(new($"baseLearningRates.{m}", "nothing", $"{wanted}: each batch size's own"));
        }

        if (keys.ContainsKey("scaling"))
        {
            errors.Add(new("scaling", "beside each batch size's own base learning rates", "one of the two"));
        }

        return rates;

        BaseLearningRate? Rate(YamlNode item, string path) => YamlInput.Scalar(item) is { } text && BaseLearningRate.TryParse(text, out var rate)
            ? rate
            : Fail<BaseLearningRate>(item, path, "a positive number such as 2^-9, 1/512 or 0.001");
    }
}
