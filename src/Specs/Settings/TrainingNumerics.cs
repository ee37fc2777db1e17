namespace SmallBatch.Specs.Settings;

/// <summary>The version of the arithmetic.</summary>
public static class TrainingNumerics
{
    /// <summary>Raised by a release whose results differ for equal settings; part of every settings hash.</summary>
    public const int Version = 3;
}
