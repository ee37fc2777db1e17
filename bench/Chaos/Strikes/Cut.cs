namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>What a silo is cut off from.</summary>
internal enum Cut
{
    /// <summary>Every silo, the store and clients, both ways.</summary>
    Everybody,

    /// <summary>The store, both ways.</summary>
    Store,

    /// <summary>Everybody, but only what it sends.</summary>
    Outward,
}
