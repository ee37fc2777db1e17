namespace SmallBatch.Contracts.Releases;

/// <summary>Which release the silo is that a console is connected to; its key is 0.</summary>
[Alias("smallbatch.release"), GrainInterfaceType("smallbatch.release")]
public interface IReleaseGrain : IGrainWithIntegerKey
{
    /// <summary>Tells it.</summary>
    [Alias("Describe")]
    Task<ReleaseSnapshot> Describe();
}

/// <summary>A release.</summary>
/// <param name="Version">Its version, for people.</param>
/// <param name="Format">Its <see cref="ReleaseFormat.Current"/>.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.release-snapshot")]
public sealed record ReleaseSnapshot(string Version, int Format);
