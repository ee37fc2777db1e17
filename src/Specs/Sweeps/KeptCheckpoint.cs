namespace SmallBatch.Specs.Sweeps;

/// <summary>Which checkpoint of a run stays when the run has ended.</summary>
public enum KeptCheckpoint
{
    /// <summary>None.</summary>
    None,

    /// <summary>The last one before the learning rate first drops or the batch first grows: a longer budget begins with the same updates.</summary>
    FirstDrop,
}
