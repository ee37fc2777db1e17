using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Where a lease is in its life, as the pool sees it.</summary>
internal enum LeasePhase
{
    /// <summary>Chosen, its row not yet stored; nobody was told.</summary>
    Granting,

    /// <summary>Its row is stored; the host has not acknowledged Start.</summary>
    Offered,

    /// <summary>The host acknowledged Start, or listed it.</summary>
    Held,

    /// <summary>The trainer ended and the outcome is not acknowledged: the slot is free, the row guards the outcome.</summary>
    Finishing,

    /// <summary>Over; gone once its row is.</summary>
    Removing,
}

/// <summary>One lease: its row, and what the pool knows beside it.</summary>
internal sealed class LeaseEntry(Lease lease, string sweepId, long controlVersion, LeasePhase phase, TimeSpan since) : RowEntry
{
    public Lease Lease { get; } = lease;

    public string SweepId { get; } = sweepId;

    public long ControlVersion { get; } = controlVersion;

    public LeasePhase Phase { get; private set; } = phase;

    /// <summary>When it entered <see cref="Phase"/>, on the pool's monotonic clock.</summary>
    public TimeSpan Since { get; private set; } = since;

    /// <summary>Whose it is, as slots are shared.</summary>
    public PoolShare Share
    {
        get;
        set
        {
            field = value;
            Tell();
        }
    }
    = PoolShare.Default;

    /// <summary>Whether nothing else may be granted on its device.</summary>
    public bool Alone { get; init; }

    /// <summary>The request it was granted to, to be queued again when the offer fails; null after a re-activation.</summary>
    public LeaseRequest? Request { get; init; }

    /// <summary>Only a heartbeat numbered later than this may call the lease lost.</summary>
    public long StartedAtHeartbeat { get; set; }

    /// <summary>Whether its host is to give it up after a last checkpoint, told with every heartbeat until it has.</summary>
    public bool Yielding { get; set; }

    /// <summary>The team below its quota for whose sake its host is to give it up after a last checkpoint, or null.</summary>
    public string? GivesWayTo { get; set; }

    /// <summary>Whether its host was told so, which is not taken back.</summary>
    public bool ToldToYield { get; set; }

    /// <summary>Why it is being removed, to be told to its holder; null where the holder gave it back.</summary>
    public string? LostBecause { get; set; }

    /// <inheritdoc/>
    public override LeaseRowKind WantedRow => Phase switch
    {
        LeasePhase.Finishing => LeaseRowKind.Finishing,
        LeasePhase.Removing => LeaseRowKind.None,
        _ => LeaseRowKind.Slot,
    };

    /// <summary>Whether its slot can be given to nobody else. One that leaves hands its row on to the next in one transaction.</summary>
    public bool OccupiesSlot => WantedRow == LeaseRowKind.Slot;

    /// <summary>Whether its row is as it ought to be and no phase waits for that.</summary>
    public bool IsSettled => !Writing && Row == WantedRow && Phase is not (LeasePhase.Granting or LeasePhase.Removing);

    /// <summary>Moves on.</summary>
    public void Enter(LeasePhase phase, TimeSpan now)
    {
        if (Phase != phase)
        {
            Phase = phase;
            Since = now;
            Tell();
        }
    }
}
