using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Sweeps;

/// <summary>The keys that say how the best is looked for.</summary>
public sealed partial class SweepSpecReader
{
    private static readonly string[] SearchKeys = ["kind", "rungs", "factor"];

    private SearchRule? ReadSearch()
    {
        const string wanted = "full, halving, prune or { kind: halving, rungs: 2, factor: 3 }";
        if (!keys.TryGetValue("search", out var node))
        {
            return null;
        }

        var settings = node is YamlMappingNode mapping ? input.Keys(mapping, "search", SearchKeys) : [];
        var kind = node is YamlMappingNode ? settings.TryGetValue("kind", out var named) ? YamlInput.Scalar(named) : null : YamlInput.Scalar(node);
        if (kind is not ("full" or "halving" or "prune"))
        {
            errors.Add(new("search", node is YamlMappingNode ? $"kind {kind ?? "missing"}" : YamlInput.Found(node), wanted));
            return null;
        }

        var fallback = kind == "prune" ? SearchRule.Prune : SearchRule.Halving;
        var rungs = settings.TryGetValue("rungs", out var r) ? input.Whole(r, "search.rungs", 1, 8) ?? 1 : fallback.Rungs;
        var factor = settings.TryGetValue("factor", out var f) ? input.Whole(f, "search.factor", 2, 64) ?? 2 : fallback.Factor;
        return kind == "full" ? null : new(fallback.Kind, (int)rungs, (int)factor);
    }

    private bool ReadStop()
    {
        if (!keys.TryGetValue("stop", out var node))
        {
            return false;
        }

        var stop = YamlInput.Scalar(node);
        if (stop is not ("decided" or "never"))
        {
            errors.Add(new("stop", YamlInput.Found(node), "decided or never"));
        }

        return stop == "decided";
    }

    private double? ReadSelectOn()
    {
        const string wanted = "test, validation or { validation: 0.1 }";
        const string share = "the share of the training images that are not trained on, a number from 0.001 to 0.5";
        if (!keys.TryGetValue("selectOn", out var node))
        {
            return null;
        }

        if (node is YamlMappingNode mapping)
        {
            var settings = input.Keys(mapping, "selectOn", ["validation"]);
            return settings.TryGetValue("validation", out var fraction)
                ? input.Number(fraction, "selectOn.validation", 0.001, 0.5, share)
                : Fail<double?>(node, "selectOn", wanted);
        }

        return YamlInput.Scalar(node) switch
        {
            "test" => null,
            "validation" => SweepSpec.DefaultValidation,
            _ => Fail<double?>(node, "selectOn", wanted),
        };
    }
}
