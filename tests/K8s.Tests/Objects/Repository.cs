namespace SmallBatch.K8s.Tests.Objects;

/// <summary>Where the overlays lie.</summary>
internal static class Repository
{
    /// <summary>The checkout.</summary>
    public static string Root { get; } = Find();

    /// <summary>The overlays by name.</summary>
    public static IReadOnlyList<string> Overlays { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "k8s", "overlays")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>An overlay as it was rendered and checked in.</summary>
    public static string Rendered(string overlay) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Rendered", $"{overlay}.yaml"));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SmallBatch.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory}: found no SmallBatch.sln above it, wanted the checkout");
        }

        return folder.FullName;
    }
}
