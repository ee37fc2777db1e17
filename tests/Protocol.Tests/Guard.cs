namespace SmallBatch.Protocol.Tests;

/// <summary>
/// What keeps the protocol's promises, one name for each: a search with one of them off must find the promise broken.
/// The product knows no such switch; the model goes round exactly that rule.
/// </summary>
public enum Guard
{
    None,

    /// <summary>Only a heartbeat numbered later than the acknowledgement of Start may call a lease lost.</summary>
    LostOnlyAfterStart,

    /// <summary>A heartbeat lists outcomes that nobody acknowledged.</summary>
    FinishingListed,

    /// <summary>Checkpoints count in the order of their numbers.</summary>
    CheckpointOrder,

    /// <summary>A checkpoint that is told again, since the answer was lost, is accepted again.</summary>
    CheckpointToldAgain,

    /// <summary>A checkpoint counts under the current token only.</summary>
    TokenAtCheckpoint,

    /// <summary>An outcome is taken under the current token only.</summary>
    TokenAtOutcome,

    /// <summary>The configuration's row is written under its ETag.</summary>
    ConfigurationTag,

    /// <summary>Lease rows are written under the ETags of their own and of the epoch's row.</summary>
    LeaseTags,

    /// <summary>A pool that was superseded steps down.</summary>
    StepDown,

    /// <summary>A host takes no Start of a token that is not the highest of its slot.</summary>
    HighestToken,

    /// <summary>A Stop raises the slot's highest token.</summary>
    StopRaises,

    /// <summary>A cancel takes the leases back, and a trainer whose word is refused as stale stops.</summary>
    CancelTakesLeases,

    /// <summary>A pause has the leases given up.</summary>
    PauseTakesLeases,

    /// <summary>A paused sweep tells the pool of it whenever it is woken.</summary>
    PauseToldAgain,

    /// <summary>A cancel or pause is written into the row of a configuration that runs nothing, too.</summary>
    HaltWrittenWhenIdle,

    /// <summary>A cancelled configuration declines offers.</summary>
    ControlBeforeAttempt,

    /// <summary>An offer that nobody acknowledges is withdrawn.</summary>
    OffersWithdrawn,

    /// <summary>A woken configuration asks the pool.</summary>
    WokenAsks,

    /// <summary>A reminder does what an activation does.</summary>
    ReminderWakes,

    /// <summary>The collector spares what bears the current token.</summary>
    CollectorByToken,

    /// <summary>The collector spares what is younger than the row that it read.</summary>
    CollectorReadsFirst,

    /// <summary>The collector spares what a row let go of within the last minute.</summary>
    CollectorWaits,

    /// <summary>A checkpoint is kept until the one after next has stood for a minute.</summary>
    CheckpointsKeptAMinute,

    /// <summary>A write of lease rows whose outcome is unknown is fenced before the rows are read.</summary>
    LateWriteFenced,

    /// <summary>A drained trainer's last checkpoint is stored before its end is told.</summary>
    DrainStoresFirst,

    /// <summary>A pool steps down that hears of a later epoch from a host.</summary>
    EpochHeard,

    /// <summary>A drain has a row, which each activation of the pool reads.</summary>
    DrainIsStored,

    /// <summary>The answer to a drained host's heartbeat says what to give up.</summary>
    DrainYields,

    /// <summary>The answer to a heartbeat says which lease gives way to a team below its quota.</summary>
    QuotaYields,

    /// <summary>A host that refused a Start is granted nothing before it has said more.</summary>
    RefusalHeeded,

    /// <summary>A dead host's late heartbeat makes it no host again.</summary>
    DeadStaysDead,

    /// <summary>A configuration whose trainer died twice says where, and is kept from there.</summary>
    PoisonedElsewhere,

    /// <summary>A configuration that was given up declines offers.</summary>
    GivenUpForGood,

    /// <summary>That an attempt has ended stays in its configuration's row until the aggregator has heard of it.</summary>
    EndsAreOwed,

    /// <summary>Random ids tell apart tokens that a store which rolled back numbers alike.</summary>
    RandomIds,
}
