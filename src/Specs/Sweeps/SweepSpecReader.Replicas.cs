using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The keys that say how many replicas there are.</summary>
public sealed partial class SweepSpecReader
{
    /// <summary>A spread is known from two on.</summary>
    private const int Fewest = 2;
    private const int Most = 1000;
    private static readonly string[] NarrowingKeys = ["min", "max", "until"];

    /// <summary>A count, or how many there are at first and until when some are added.</summary>
    private (int Count, NarrowingRule? Rule) ReadCount(string key, int least)
    {
        if (!keys.TryGetValue(key, out var node) || node is not YamlMappingNode mapping)
        {
            return ((int)(Optional(key, n => input.Whole(n, key, least, Most)) ?? 5), null);
        }

        var settings = input.Keys(mapping, key, NarrowingKeys);
        foreach (var missing in NarrowingKeys.Where(k => !settings.ContainsKey(k)))
        {
            errors.Add(new(Path(missing), "nothing", missing == "until" ? "half the interval that is wanted, in points of accuracy, such as 0.5" : $"a whole number from {Fewest} to {Most}"));
        }

        var min = (int)(settings.TryGetValue("min", out var first) ? input.Whole(first, Path("min"), Fewest, Most) ?? Fewest : Fewest);
        var max = (int)(settings.TryGetValue("max", out var last) ? input.Whole(last, Path("max"), min, Most) ?? min : min);
        var until = settings.TryGetValue("until", out var half) ? input.Number(half, Path("until"), 0.001, 100, "points of accuracy, a number from 0.001 to 100") ?? 1 : 1;
        return (min, new(max, until));

        string Path(string name) => YamlInput.Join(key, name);
    }
}
