namespace SmallBatch.Specs.Settings;

/// <summary>Which layers are normalised, and how.</summary>
/// <param name="Where">Which layers.</param>
/// <param name="Groups">Groups of channels of group normalisation (Wu and He 2018), or null for batch normalisation.</param>
public sealed record Normalisation(BatchNormalisation Where, int? Groups = null)
{
    /// <summary>Whether convolutions are followed by one.</summary>
    public bool AfterConvolutions => Where != BatchNormalisation.None;

    /// <summary>Whether hidden linear layers are followed by one.</summary>
    public bool AfterHiddenLayers => Where == BatchNormalisation.All;

    /// <summary>Whether it keeps running statistics.</summary>
    public bool HasStatistics => Groups is null;
}
