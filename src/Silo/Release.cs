using System.Reflection;

namespace SmallBatch.Silo;

/// <summary>Which release this program is.</summary>
internal static class Release
{
    /// <summary>Its version, with the commit that it was built from where that is known: <c>0.1.0+9423686…</c>.</summary>
    public static string Name { get; } = typeof(Release).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Its version alone, for people.</summary>
    public static string Version { get; } = Name.Split('+')[0];
}
