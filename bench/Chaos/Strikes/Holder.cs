namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>A grain whose silo is struck.</summary>
internal enum Holder
{
    /// <summary>The pool.</summary>
    Pool,

    /// <summary>The sweep.</summary>
    Sweep,

    /// <summary>The aggregator.</summary>
    Aggregator,
}
