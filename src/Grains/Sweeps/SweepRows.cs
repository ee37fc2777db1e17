namespace SmallBatch.Grains.Sweeps;

/// <summary>Where sweeps' own rows lie among the state of all grains: for who copies a store.</summary>
public static class SweepRows
{
    /// <summary>The type of grain that they belong to.</summary>
    internal const string GrainType = "sweep";

    /// <summary>How the partition of each begins; its name follows.</summary>
    public static string Prefix(string serviceId) => $"{serviceId}_{GrainType}_";

    /// <summary>The first text after all that begin so.</summary>
    public static string After(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return prefix[..^1] + (char)(prefix[^1] + 1);
    }
}
