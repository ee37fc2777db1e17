using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>The sweep: what is stored, what its activation remembers, and how far a halt is.</summary>
internal sealed record Sweep
{
    public bool Cancelled { get; init; }

    public bool Paused { get; init; }

    /// <summary>The control version.</summary>
    public long Version { get; init; } = 1;

    /// <summary>How often what was given up is tried again.</summary>
    public int Generation { get; init; }

    public bool Active { get; init; } = true;

    /// <summary>Configurations that this activation has queued, one bit each.</summary>
    public int Queued { get; init; }

    /// <summary>Of a halt, 0: nothing; 1: the pool forgets; from 2 on the configurations, one after the other.</summary>
    public int HaltStage { get; init; }

    /// <summary>Whether the halt that is in force was acknowledged.</summary>
    public bool HaltDone { get; init; }

    public bool Halted => Cancelled || Paused;

    public HaltOrder Order => new(Version, Paused ? SweepHalt.Pause : SweepHalt.Cancel);

    /// <summary>Woken: a halt that was not acknowledged begins anew, a pause in any case, or with <paramref name="once"/> not.</summary>
    public Sweep Woken(bool once = false) => this with { Active = true, Queued = 0, HaltStage = Halted && (!HaltDone || (Paused && !once)) ? 1 : 0 };
}
