using Azure;
using Azure.Data.Tables;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuHosts;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>An activation of a configuration's grain: what it remembers, and the tag of the row that it read or wrote last.</summary>
internal sealed record Activation(ConfigurationState State, int Tag, bool Recorded);

/// <summary>A configuration: its row, its result row, its activations (the older first), and what a witness saw.</summary>
internal sealed record Cell(ConfigurationState Row, int Tag)
{
    /// <summary>Whether its outcome is stored.</summary>
    public bool Result { get; init; }

    public Activation[] Activations { get; init; } = [];

    /// <summary>The highest token whose word was taken and stored.</summary>
    public LeaseToken? Heard { get; init; }
}

/// <summary>An activation of the pool.</summary>
internal sealed class Pool(PoolBook book, ETag epochTag)
{
    public PoolBook Book { get; } = book;

    public ETag EpochTag { get; set; } = epochTag;

    /// <summary>The write that is under way, or null.</summary>
    public IReadOnlyList<LeaseWrite>? Writing { get; set; }
}

/// <summary>One attempt on a host.</summary>
/// <param name="Lease">Under which lease.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Written">Step of a checkpoint that is not uploaded; 0 for none.</param>
/// <param name="Uploaded">Step of a checkpoint that is uploaded and not told; 0 for none.</param>
/// <param name="Number">Number of the last upload.</param>
/// <param name="End">How it ended; null while it trains.</param>
internal sealed record Attempt(Lease Lease, long Step, long Written, long Uploaded, int Number, AttemptEnd? End);

/// <summary>A silo with one slot.</summary>
internal sealed record Host(int Index, int Generation)
{
    public const string Slot = "s";

    public string Name { get; } = $"h{Index}.{Generation}";

    public bool Alive { get; init; } = true;

    /// <summary>Whether membership has told the pool of its death.</summary>
    public bool DeathTold { get; init; }

    public bool Draining { get; init; }

    public bool Cut { get; init; }

    /// <summary>Number of the last heartbeat built.</summary>
    public long Beats { get; init; }

    /// <summary>A heartbeat on its way.</summary>
    public HostHeartbeat? Beat { get; init; }

    /// <summary>A heartbeat that its host gave up, and that may still arrive.</summary>
    public HostHeartbeat? LateBeat { get; init; }

    public SlotTokens Tokens { get; init; }

    /// <summary>The highest token that a Stop named, as a witness saw it.</summary>
    public LeaseToken? Stopped { get; init; }

    public Attempt? Current { get; init; }

    /// <summary>Attempts that ended and whose word nobody has acknowledged.</summary>
    public Attempt[] Finishing { get; init; } = [];
}

/// <summary>A message or a late call on its way.</summary>
internal abstract record Message(int Cell, LeaseToken? Token)
{
    public sealed record Offer(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record LeaseLost(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record Stop(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record Request(int Cell, LeaseRequest Body) : Message(Cell, Body.Token);

    public sealed record Started(int Cell, Lease Lease, long Number) : Message(Cell, Lease.Token);

    public sealed record Release(int Cell, Lease Lease) : Message(Cell, Lease.Token);

    public sealed record Start(int Cell, StartOrder Order) : Message(Cell, Order.Lease.Token);

    public sealed record Checkpoint(int Cell, CheckpointReport Report) : Message(Cell, Report.Token);

    public sealed record Ended(int Cell, AttemptReport Report) : Message(Cell, Report.Token);

    public sealed record Record(int Cell, LeaseToken Under) : Message(Cell, Under);
}

/// <summary>A write of lease rows whose caller gave up, and that may still take effect.</summary>
internal sealed record LateWrite(IReadOnlyList<TableTransactionAction> Actions);

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

/// <summary>What a store that rolls back returns to.</summary>
internal sealed record Snapshot(ConfigurationState[] Rows, int[] Tags, bool[] Results, LeaseStore Leases, bool Cancelled);
