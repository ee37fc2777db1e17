namespace SmallBatch.Specs.Networks;

/// <summary>The networks under networks/, carried by this assembly so that their names always resolve.</summary>
public static class BuiltInNetworks
{
    private const string Prefix = "networks.";

    /// <summary>Their names: <c>resnet8</c> and so on.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(BuiltInNetworks).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..^".yaml".Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of one of them, or null where there is none of that name.</summary>
    public static string? Find(string name)
    {
        using var stream = typeof(BuiltInNetworks).Assembly.GetManifestResourceStream($"{Prefix}{name}.yaml");
        return stream is null ? null : new StreamReader(stream).ReadToEnd();
    }
}
