namespace SmallBatch.Contracts.Sweeps;

/// <summary>The list of all sweeps; its key is 0.</summary>
[Alias("smallbatch.sweep-index"), GrainInterfaceType("smallbatch.sweep-index")]
public interface ISweepIndexGrain : IGrainWithIntegerKey
{
    /// <summary>Every sweep ever submitted, by name.</summary>
    [Alias("List")]
    Task<SweepSnapshot[]> List(CancellationToken cancellationToken = default);
}
