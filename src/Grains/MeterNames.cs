namespace SmallBatch.Grains;

/// <summary>What this program measures, under one name; docs/operations.md lists each metric.</summary>
public static class MeterNames
{
    /// <summary>Of grains and silo.</summary>
    public const string SmallBatch = "SmallBatch";
}
