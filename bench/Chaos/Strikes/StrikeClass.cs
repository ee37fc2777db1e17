namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>Which bound a kind's recovery has.</summary>
internal enum StrikeClass
{
    /// <summary>Something died at once.</summary>
    Killed,

    /// <summary>A silo no longer answers and may be back.</summary>
    Frozen,

    /// <summary>It was asked to leave.</summary>
    Drained,

    /// <summary>What struck also bounds how long it lasts: the store was gone, the whole cluster, a trainer stood still.</summary>
    Unbounded,
}
