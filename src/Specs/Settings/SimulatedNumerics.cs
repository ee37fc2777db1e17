namespace SmallBatch.Specs.Settings;

/// <summary>The numerics classes of the simulated trainer: results of one were made up, and stand beside no trained one.</summary>
public static class SimulatedNumerics
{
    /// <summary>What each of them begins with, and no class of a device does.</summary>
    public const string Prefix = "simulated-";

    /// <summary>Whether results of this class were made up.</summary>
    public static bool Is(string? numericsClass) => numericsClass?.StartsWith(Prefix, StringComparison.Ordinal) == true;
}
