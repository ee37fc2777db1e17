using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs.Networks;

/// <summary>A network: a list of layers, from which shapes, parameters, initialisation and step all follow.</summary>
/// <param name="Layers">The layers, input first; the last is the classifier.</param>
public sealed record NetworkSpec(IReadOnlyList<Layer> Layers)
{
    private static readonly string[] LayerNames = ["conv", "relu", "residual", "maxPool", "averagePool", "linear"];

    /// <summary>The list as one line of YAML that depends on the layers alone: equal networks have equal texts.</summary>
    public string CanonicalText => $"layers: {Write(Layers)}";

    /// <summary>Reads a list of layers; every error names its layer. <paramref name="source"/> is the file's name for errors about the whole.</summary>
    public static SpecResult<NetworkSpec> Parse(string yaml, string source)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var errors = new List<SpecError>();
        var input = new YamlInput(errors);
        var layers = new List<Layer>();
        if (input.Document(yaml, source) is { } document)
        {
            var keys = input.Keys(document, "", ["layers"]);
            if (keys.TryGetValue("layers", out var list))
            {
                layers = Read(input, list, "layers", errors);
                if (errors.Count == 0 && layers[^1] is not LinearLayer { Outputs: null })
                {
                    errors.Add(new($"layers[{layers.Count - 1}]", Write([layers[^1]]), "the classifier as the last layer: linear: { outputs: classes }"));
                }
            }
            else
            {
                errors.Add(new(source, "no key 'layers'", "layers: a list of layers"));
            }
        }

        return errors.Count > 0 ? errors : new NetworkSpec(layers);
    }

    /// <inheritdoc/>
    public bool Equals(NetworkSpec? other) => other is not null && CanonicalText == other.CanonicalText;

    /// <inheritdoc/>
    public override int GetHashCode() => CanonicalText.GetHashCode(StringComparison.Ordinal);

    private static List<Layer> Read(YamlInput input, YamlNode list, string path, List<SpecError> errors)
    {
        var layers = new List<Layer>();
        foreach (var (node, at) in input.Items(list, path, "a list of layers"))
        {
            if (ReadLayer(input, node, at, errors) is { } layer)
            {
                layers.Add(layer);
            }
        }

        return layers;
    }

    private static Layer? ReadLayer(YamlInput input, YamlNode node, string path, List<SpecError> errors)
    {
        if (YamlInput.Scalar(node) == "relu")
        {
            return new ReluLayer();
        }

        if (node is not YamlMappingNode { Children.Count: 1 } mapping)
        {
            errors.Add(new(path, YamlInput.Found(node), $"one layer: {string.Join(", ", LayerNames)}"));
            return null;
        }

        var keys = input.Keys(mapping, path, LayerNames);
        if (keys.Count == 0)
        {
            return null;
        }

        var (kind, value) = keys.First();
        var inner = $"{path}.{kind}";
        if (kind == "averagePool")
        {
            if (YamlInput.Scalar(value) == "global")
            {
                return new GlobalAveragePoolLayer();
            }

            errors.Add(new(inner, YamlInput.Found(value), "global"));
            return null;
        }

        if (kind == "relu" || value is not YamlMappingNode settings)
        {
            errors.Add(new(inner, YamlInput.Found(value), kind == "relu" ? "'- relu' alone" : "its settings in braces, as in conv: { filters: 16, kernel: 3 }"));
            return null;
        }

        return kind switch
        {
            "conv" => ReadConv(input, settings, inner, errors),
            "maxPool" => ReadMaxPool(input, settings, inner, errors),
            "linear" => ReadLinear(input, settings, inner, errors),
            _ => ReadResidual(input, settings, inner, errors),
        };
    }

    private static ConvLayer? ReadConv(YamlInput input, YamlMappingNode settings, string path, List<SpecError> errors)
    {
        var keys = input.Keys(settings, path, ["filters", "kernel", "stride", "padding"]);
        var filters = Setting(input, keys, path, "filters", 1, 65536, null, errors);
        var kernel = Setting(input, keys, path, "kernel", 1, 31, null, errors);
        var stride = Setting(input, keys, path, "stride", 1, 31, 1, errors);
        var padding = Setting(input, keys, path, "padding", 0, 31, (kernel ?? 0) / 2, errors);
        return filters is null || kernel is null || stride is null || padding is null ? null : new(filters.Value, kernel.Value, stride.Value, padding.Value);
    }

    private static MaxPoolLayer? ReadMaxPool(YamlInput input, YamlMappingNode settings, string path, List<SpecError> errors)
    {
        var keys = input.Keys(settings, path, ["kernel", "stride", "padding"]);
        var kernel = Setting(input, keys, path, "kernel", 1, 31, null, errors);
        var stride = Setting(input, keys, path, "stride", 1, 31, kernel ?? 1, errors);
        var padding = Setting(input, keys, path, "padding", 0, Math.Max(0, (kernel ?? 2) / 2), (kernel ?? 0) / 2, errors);
        return kernel is null || stride is null || padding is null ? null : new(kernel.Value, stride.Value, padding.Value);
    }

    private static LinearLayer? ReadLinear(YamlInput input, YamlMappingNode settings, string path, List<SpecError> errors)
    {
        var keys = input.Keys(settings, path, ["outputs"]);
        if (keys.TryGetValue("outputs", out var outputs) && YamlInput.Scalar(outputs) == "classes")
        {
            return new(null);
        }

        return Setting(input, keys, path, "outputs", 1, 65536, null, errors) is { } count ? new(count) : null;
    }

    private static ResidualLayer? ReadResidual(YamlInput input, YamlMappingNode settings, string path, List<SpecError> errors)
    {
        var keys = input.Keys(settings, path, ["layers", "shortcut"]);
        if (!keys.TryGetValue("layers", out var list))
        {
            errors.Add(new(path, "no key 'layers'", "the layers of the residual branch"));
            return null;
        }

        var shortcut = Shortcut.Identity;
        if (keys.TryGetValue("shortcut", out var named))
        {
            switch (YamlInput.Scalar(named))
            {
                case "identity":
                    break;
                case "projection":
                    shortcut = Shortcut.Projection;
                    break;
                default:
                    errors.Add(new($"{path}.shortcut", YamlInput.Found(named), "identity (subsampled, zero channels) or projection (a convolution of kernel 1)"));
                    break;
            }
        }

        var layers = Read(input, list, $"{path}.layers", errors);
        for (var i = 0; i < layers.Count; i++)
        {
            if (layers[i] is LinearLayer or GlobalAveragePoolLayer or ResidualLayer)
            {
                errors.Add(new($"{path}.layers[{i}]", Write([layers[i]]), "conv, relu or maxPool within a residual"));
            }
        }

        return layers.Count > 0 ? new(layers, shortcut) : null;
    }

    private static int? Setting(YamlInput input, Dictionary<string, YamlNode> keys, string path, string name, int least, int most, int? fallback, List<SpecError> errors)
    {
        if (keys.TryGetValue(name, out var node))
        {
            return (int?)input.Whole(node, $"{path}.{name}", least, most);
        }

        if (fallback is null)
        {
            errors.Add(new($"{path}.{name}", "nothing", $"a whole number from {least} to {most}"));
        }

        return fallback;
    }

    private static string Write(IEnumerable<Layer> layers)
    {
        var text = new StringBuilder("[");
        foreach (var layer in layers)
        {
            text.Append(text.Length > 1 ? ", " : "").Append(Write(layer));
        }

        return text.Append(']').ToString();
    }

    private static string Write(Layer layer) => layer switch
    {
        ConvLayer c => string.Create(CultureInfo.InvariantCulture, $"conv: {{filters: {c.Filters}, kernel: {c.Kernel}, stride: {c.Stride}, padding: {c.Padding}}}").Braced(),
        MaxPoolLayer p => string.Create(CultureInfo.InvariantCulture, $"maxPool: {{kernel: {p.Kernel}, stride: {p.Stride}, padding: {p.Padding}}}").Braced(),
        LinearLayer l => $"linear: {{outputs: {l.Outputs?.ToString(CultureInfo.InvariantCulture) ?? "classes"}}}".Braced(),
        GlobalAveragePoolLayer => "averagePool: global".Braced(),
        ResidualLayer r => $"residual: {{layers: {Write(r.Layers)}{(r.Shortcut == Shortcut.Projection ? ", shortcut: projection" : "")}}}".Braced(),
        _ => "relu",
    };
}

/// <summary>Flow mappings.</summary>
file static class Flow
{
    public static string Braced(this string text) => $"{{{text}}}";
}
