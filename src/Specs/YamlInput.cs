using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SmallBatch.Specs;

/// <summary>Reads YAML node by node and keeps every error with its path, so that a user sees all of them at once.</summary>
internal sealed class YamlInput(List<SpecError> errors)
{
    private const int MostCharacters = 64 * 1024;

    /// <summary>The document's mapping, or null with an error.</summary>
    public YamlMappingNode? Document(string text, string source)
    {
        if (text.Length > MostCharacters)
        {
            errors.Add(new(source, $"{text.Length} characters", $"at most {MostCharacters}"));
            return null;
        }

        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode mapping }])
            {
                return mapping;
            }

            errors.Add(new(source, stream.Documents.Count == 0 ? "an empty file" : "no mapping", "one YAML document of 'key: value' lines"));
        }
        catch (YamlException failure)
        {
            errors.Add(new($"{source}:{failure.Start.Line}:{failure.Start.Column}", failure.Message, "valid YAML"));
        }

        return null;
    }

    /// <summary>The mapping's entries by key; errors for keys that are not known, with where it stands for those that stand elsewhere.</summary>
    public Dictionary<string, YamlNode> Keys(YamlMappingNode mapping, string path, IReadOnlyCollection<string> known, IReadOnlyDictionary<string, string>? elsewhere = null)
    {
        var found = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "(no text)";
            if (known.Contains(name))
            {
                found[name] = value;
            }
            else if (elsewhere?.TryGetValue(name, out var place) == true)
            {
                errors.Add(new(Join(path, name), "an unknown key", place));
            }
            else
            {
                errors.Add(new(Join(path, name), "an unknown key", Nearest.Of(name, known) ?? $"one of {string.Join(", ", known)}"));
            }
        }

        return found;
    }

    /// <summary>A whole number in range, or null with an error.</summary>
    public long? Whole(YamlNode node, string path, long least, long most)
    {
        if (Scalar(node) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        errors.Add(new(path, Found(node), $"a whole number from {least} to {most}"));
        return null;
    }

    /// <summary>A finite number in range, or null with an error.</summary>
    public double? Number(YamlNode node, string path, double least, double most, string wanted)
    {
        if (Scalar(node) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        errors.Add(new(path, Found(node), wanted));
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>, or null with an error.</summary>
    public bool? Truth(YamlNode node, string path)
    {
        switch (Scalar(node))
        {
            case "true":
                return true;
            case "false":
                return false;
            default:
                errors.Add(new(path, Found(node), "true or false"));
                return null;
        }
    }

    /// <summary>A list's items with their paths; an error and nothing where it is no list or empty.</summary>
    public IReadOnlyList<(YamlNode Node, string Path)> Items(YamlNode node, string path, string wanted)
    {
        if (node is YamlSequenceNode { Children.Count: > 0 } sequence)
        {
            return [.. sequence.Children.Select((child, i) => (child, $"{path}[{i}]"))];
        }

        errors.Add(new(path, node is YamlSequenceNode ? "an empty list" : Found(node), wanted));
        return [];
    }

    /// <summary>The node's text where it is a scalar, else null.</summary>
    public static string? Scalar(YamlNode node) => (node as YamlScalarNode)?.Value;

    /// <summary>What a node is, in an error's words.</summary>
    public static string Found(YamlNode node) => node switch
    {
        YamlScalarNode { Value: null or "" } => "nothing",
        YamlScalarNode scalar => scalar.Value!.Length > 80 ? scalar.Value[..80] + "…" : scalar.Value,
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    /// <summary><c>path.name</c>, or the name alone at the top.</summary>
    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
