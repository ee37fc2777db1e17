using System.Text.RegularExpressions;
using SmallBatch.Specs.Datasets;
using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>Reads the <c>dataset</c> of a specification: a kind, or a mapping with the keys that the kind has.</summary>
public sealed partial class DatasetSpecReader
{
    /// <summary>What a pack's name may be.</summary>
    public const string WantedName = "the name of a pack directly in the data folder: letters, digits, '.', '_' and '-', no folder";

    private const int MostSynthetic = 600_000;
    private const int ImageNetCrop = 224;
    private const string Path = "path";
    private const string Crop = "crop";
    private const string TrainImages = "trainImages";
    private const string TestImages = "testImages";

    private static readonly Dictionary<string, string[]> KeysOfKind = new()
    {
        ["synthetic"] = [TrainImages, TestImages],
        ["cifar10"] = [TrainImages, TestImages],
        ["cifar100"] = [TrainImages, TestImages],
        ["imagenet"] = [Crop, TrainImages, TestImages],
        ["folder"] = [Path, Crop, TrainImages, TestImages],
    };

    private readonly List<SpecError> errors;
    private readonly YamlInput input;

    /// <summary>A reader that adds to these errors.</summary>
    internal DatasetSpecReader(List<SpecError> errors, YamlInput input) => (this.errors, this.input) = (errors, input);

    /// <summary>Whether a pack may be called that.</summary>
    public static bool IsPackName(string name) => Name().IsMatch(name);

    /// <summary>The dataset; what is wrong with it goes to the errors, and then its kind may be none that is known.</summary>
    internal DatasetSpec Read(YamlNode? node)
    {
        var wanted = $"one of {string.Join(", ", DatasetCatalog.Kinds)}";
        var settings = node is YamlMappingNode mapping ? input.Keys(mapping, "dataset", ["kind", .. KeysOfKind.Values.SelectMany(k => k).Distinct()]) : [];
        var kindNode = node is YamlMappingNode ? settings.GetValueOrDefault("kind") : node;
        var kind = kindNode is null ? "" : YamlInput.Scalar(kindNode) ?? "";
        if (!DatasetCatalog.Kinds.Contains(kind))
        {
            errors.Add(new(node is YamlMappingNode ? "dataset.kind" : "dataset", kindNode is null ? "nothing" : YamlInput.Found(kindNode), wanted));
            return new(kind);
        }

        foreach (var name in settings.Keys.Except(KeysOfKind[kind]).Where(k => k != "kind"))
        {
            errors.Add(new($"dataset.{name}", YamlInput.Found(settings[name]), $"no such key with {kind}"));
        }

        var synthetic = kind == "synthetic";
        var train = Whole(settings, TrainImages, 10, synthetic ? MostSynthetic : int.MaxValue) ?? (synthetic ? 512 : null);
        var test = Whole(settings, TestImages, 10, synthetic ? MostSynthetic : int.MaxValue) ?? (synthetic ? 256 : (int?)null);
        return kind switch
        {
            "imagenet" => new(kind, train, test, Crop: Whole(settings, Crop, 8, 1024) ?? ImageNetCrop),
            "folder" => new(kind, train, test, PackName(settings), Whole(settings, Crop, 8, 1024)),
            _ => new(kind, train, test),
        };
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    private string PackName(Dictionary<string, YamlNode> settings)
    {
        var node = settings.GetValueOrDefault(Path);
        var name = node is null ? "" : YamlInput.Scalar(node) ?? "";
        if (IsPackName(name))
        {
            return name.EndsWith(DatasetCatalog.PackExtension, StringComparison.Ordinal) ? name[..^DatasetCatalog.PackExtension.Length] : name;
        }

        errors.Add(new("dataset.path", node is null ? "nothing" : YamlInput.Found(node), WantedName));
        return "";
    }

    private int? Whole(Dictionary<string, YamlNode> settings, string name, int least, int most) =>
        settings.TryGetValue(name, out var node) ? (int?)input.Whole(node, $"dataset.{name}", least, most) : null;
}
