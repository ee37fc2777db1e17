using SmallBatch.Specs.Networks;

namespace SmallBatch.Specs.Sweeps;

/// <summary>A specification's file with the network it names.</summary>
/// <param name="Spec">What was asked for.</param>
/// <param name="Network">The network.</param>
/// <param name="SpecText">The specification as written.</param>
/// <param name="NetworkText">The network file as written; null for a built-in network.</param>
public sealed record SweepFiles(SweepSpec Spec, NetworkSpec Network, string SpecText, string? NetworkText)
{
    /// <summary>Reads a specification and, beside it, the network file that it may name. Every error at once.</summary>
    public static SpecResult<SweepFiles> Load(string path)
    {
        var errors = new List<SpecError>();
        if (ReadText(path, "a specification, YAML", errors) is not { } specText)
        {
            return errors;
        }

        var spec = SweepSpecReader.Read(specText, path);
        if (spec.Value is null)
        {
            return spec.Errors.ToList();
        }

        string? networkText = null;
        if (IsFile(spec.Value.Network))
        {
            var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, spec.Value.Network);
            networkText = ReadText(file, "a network's list of layers, YAML, beside the specification", errors);
            if (networkText is null)
            {
                return errors;
            }
        }

        return Join(spec.Value, specText, networkText);
    }

    /// <summary>The same from texts: what a silo does with a submission.</summary>
    public static SpecResult<SweepFiles> Parse(string specText, string? networkText)
    {
        var spec = SweepSpecReader.Read(specText, "specification");
        return spec.Value is null ? spec.Errors.ToList() : Join(spec.Value, specText, networkText);
    }

    private static SpecResult<SweepFiles> Join(SweepSpec spec, string specText, string? networkText)
    {
        var text = IsFile(spec.Network) ? networkText : BuiltInNetworks.Find(spec.Network);
        if (text is null)
        {
            return new List<SpecError>
            {
                new("network", spec.Network, $"one of {string.Join(", ", BuiltInNetworks.Names)}, or a file ending in .yaml beside the specification"),
            };
        }

        var network = NetworkSpec.Parse(text, spec.Network);
        return network.Value is null
            ? network.Errors.Select(e => e with { Path = $"{spec.Network}: {e.Path}" }).ToList()
            : new SweepFiles(spec, network.Value, specText, networkText);
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
            errors.Add(new(path, failure is FileNotFoundException or DirectoryNotFoundException ? "no such file" : failure.Message, wanted));
            return null;
        }
    }
}
