using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Networks;

namespace SmallBatch.Specs.Sweeps;

/// <summary>
/// A specification as it was read, with the network that it names, and what was wrong with either. What is right is kept
/// beside the errors, so that <see cref="SweepPlan.Of"/> finds in the same go what does not fit together.
/// </summary>
/// <param name="Spec">What was asked for, with defaults in the place of what was wrong; null where nothing could be read.</param>
/// <param name="Network">The network; null where there is none or it was wrong.</param>
/// <param name="SpecText">The specification as written.</param>
/// <param name="NetworkText">The network file as written; null for a built-in network.</param>
/// <param name="Errors">Everything wrong so far.</param>
public sealed record SweepDraft(SweepSpec? Spec, NetworkSpec? Network, string SpecText, string? NetworkText, IReadOnlyList<SpecError> Errors)
{
    /// <summary>The dataset to look at; null where the specification names none that is known.</summary>
    public DatasetSpec? Dataset => Spec is { } spec && DatasetCatalog.Kinds.Contains(spec.Dataset.Kind) ? spec.Dataset : null;

    /// <summary>Reads a specification's file and, beside it, the network file that it may name.</summary>
    public static SweepDraft Load(string path)
    {
        var errors = new List<SpecError>();
        if (ReadText(path, "a specification, YAML", errors) is not { } specText)
        {
            return new(null, null, "", null, errors);
        }

        var spec = SweepSpecReader.Read(specText, path, errors);
        var networkText = spec is not null && IsFile(spec.Network)
            ? ReadText(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, spec.Network), "a network's list of layers, YAML, beside the specification", errors)
            : null;
        return Join(spec, specText, networkText, errors);
    }

    /// <summary>The same from texts: what a silo does with a submission.</summary>
    public static SweepDraft Parse(string specText, string? networkText)
    {
        var errors = new List<SpecError>();
        var spec = SweepSpecReader.Read(specText, "specification", errors);
        if (spec is not null && IsFile(spec.Network) && networkText is null)
        {
            errors.Add(new("network", $"{spec.Network} without its text", "the file's text beside the specification"));
        }

        return Join(spec, specText, networkText, errors);
    }

    private static SweepDraft Join(SweepSpec? spec, string specText, string? networkText, List<SpecError> errors)
    {
        var network = spec is { Network.Length: > 0 } ? ReadNetwork(spec.Network, networkText, errors) : null;
        return new(spec, network, specText, networkText, errors);
    }

    private static NetworkSpec? ReadNetwork(string name, string? networkText, List<SpecError> errors)
    {
        if (IsFile(name) ? networkText is null : BuiltInNetworks.Find(name) is null)
        {
            if (!IsFile(name))
            {
                errors.Add(new("network", name, $"one of {string.Join(", ", BuiltInNetworks.Names)}, or a file ending in .yaml beside the specification"));
            }

            return null;
        }

        var network = NetworkSpec.Parse(IsFile(name) ? networkText! : BuiltInNetworks.Find(name)!, name);
        errors.AddRange(network.Errors.Select(e => e with { Path = $"{name}: {e.Path}" }));
        return network.Value;
    }

    private static bool IsFile(string network) => network.Contains('/', StringComparison.Ordinal) || network.EndsWith(".yaml", StringComparison.Ordinal) || network.EndsWith(".yml", StringComparison.Ordinal);

    private static string? ReadText(string path, string wanted, List<SpecError> errors)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            errors.Add(new(path, failure is FileNotFoundException or DirectoryNotFoundException ? "no such file" : Directory.Exists(path) ? "a folder" : failure.Message, wanted));
            return null;
        }
    }
}
