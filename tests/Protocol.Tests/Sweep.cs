namespace SmallBatch.Protocol.Tests;

/// <summary>The sweep: what is stored, what its activation remembers, and how far a cancel is.</summary>
internal sealed record Sweep
{
    public bool Cancelled { get; init; }

    public bool Active { get; init; } = true;

    /// <summary>Configurations that this activation has queued, one bit each.</summary>
    public int Queued { get; init; }

    /// <summary>0: nothing; 1: the pool forgets; from 2 on the configurations, one after the other.</summary>
    public int CancelStage { get; init; }

    /// <summary>Whether a cancel was acknowledged.</summary>
    public bool CancelDone { get; init; }
}
