using SmallBatch.Contracts.Audit;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Contracts.GpuPool;

/// <summary>The right of a configuration to one slot.</summary>
/// <param name="ConfigurationKey">Its holder.</param>
/// <param name="Token">Fences it.</param>
/// <param name="Host">Key of the host grain: the silo's full address.</param>
/// <param name="Slot">Which slot of that host.</param>
/// <param name="Device">The device that the slot is part of: <c>cpu</c>, <c>cuda:0</c>.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.lease")]
public sealed record Lease(string ConfigurationKey, LeaseToken Token, string Host, string Slot, string Device);

/// <summary>A wish for a slot.</summary>
/// <param name="ConfigurationKey">Who wants it.</param>
/// <param name="SweepId">For fair share and withdrawal.</param>
/// <param name="ControlVersion">Refused at or below the one that the sweep was last halted under.</param>
/// <param name="NumericsClass">Hard constraint.</param>
/// <param name="Priority">Higher first.</param>
/// <param name="Order">Lower first within a sweep; <see cref="int.MinValue"/> for one that lost its lease.</param>
/// <param name="Token">The token it holds or held last, whatever it believes of it.</param>
/// <param name="PredictedSeconds">How long it will hold the slot.</param>
/// <param name="AvoidHosts">
/// Hosts (full addresses) on which its trainer died, where it is poisoned, else empty: it wants a device of its own, on another host where one
/// of its class is in service.
/// </param>
/// <param name="Share">Whose it is; null for <see cref="PoolShare.Default"/>, as an order has it that an earlier version stored.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.lease-request")]
public sealed record LeaseRequest(
    string ConfigurationKey,
    string SweepId,
    long ControlVersion,
    string NumericsClass,
    int Priority,
    int Order,
    LeaseToken? Token,
    double PredictedSeconds,
    string[] AvoidHosts,
    PoolShare? Share = null);

/// <summary>Whose a request is, as slots are shared.</summary>
/// <param name="Team">The team; its weight, quota and limit are the pool's settings.</param>
/// <param name="Weight">The sweep's weight among its team's sweeps, from 1.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.pool-share")]
public sealed record PoolShare(string Team, int Weight)
{
    /// <summary>Of a sweep that names no team: the team <c>default</c>, weight 1.</summary>
    public static PoolShare Default { get; } = new("default", 1);
}

/// <summary>What the pool knows of a request.</summary>
[GenerateSerializer, Alias("smallbatch.request-state")]
public enum RequestState
{
    /// <summary>It waits; position and reason say how.</summary>
    Waiting = 0,

    /// <summary>It holds the lease of the token it sent.</summary>
    Holds = 1,

    /// <summary>A lease was offered and not yet acknowledged.</summary>
    Offered = 2,

    /// <summary>Its trainer has ended and its outcome is on the way.</summary>
    Finishing = 3,

    /// <summary>The request is older than its sweep's control version.</summary>
    Refused = 4,
}

/// <summary>The answer to a request.</summary>
/// <param name="State">What the pool knows of it.</param>
/// <param name="Position">Place in the queue, from 1, where it waits; else 0.</param>
/// <param name="Reason">Why it waits, one line a person can act on; else null.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.request-reply")]
public sealed record RequestReply(RequestState State, int Position, string? Reason);

/// <summary>One device of a host.</summary>
/// <param name="Id"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Name">Model name.</param>
/// <param name="Slots">Names of its slots, unique within the host.</param>
/// <param name="NumericsClass">What the bits of a training there depend on.</param>
/// <param name="OutOfService">Why it takes no work, or null.</param>
/// <param name="Uuid">Of a GPU, as CUDA and the driver know it; else null.</param>
/// <param name="Memory">Of a GPU, its memory when it was last read; else null.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.device")]
public sealed record Device(string Id, string Name, string[] Slots, string NumericsClass, string? OutOfService, string? Uuid = null, DeviceMemory? Memory = null);

/// <summary>A GPU's memory.</summary>
/// <param name="TotalBytes">All of it.</param>
/// <param name="UsedBytes">In use, by whomever.</param>
/// <param name="Others">Processes that compute there and are no trainer of this host.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.device-memory")]
public sealed record DeviceMemory(long TotalBytes, long UsedBytes, DeviceProcess[] Others);

/// <summary>A process on a GPU.</summary>
/// <param name="ProcessId">As the driver numbers it.</param>
/// <param name="Bytes">Of the GPU's memory; null where the driver does not say.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.device-process")]
public sealed record DeviceProcess(int ProcessId, long? Bytes);

/// <summary>What a host says every few seconds.</summary>
/// <param name="Host">The silo's full address.</param>
/// <param name="HostName">Name for people.</param>
/// <param name="Number">1, 2, … since that silo started.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="Running">Leases whose trainer runs.</param>
/// <param name="Finishing">Leases whose trainer ended and whose outcome is not yet acknowledged.</param>
/// <param name="Draining">Whether it takes no new leases because it is about to leave.</param>
/// <param name="HighestEpoch">Highest pool epoch of any token that its slots have seen; 0 before the first.</param>
/// <param name="Failures">Failures of its devices, those of each in order, until a trainer trains on there or <see cref="HeartbeatReply.Judged"/> names the device.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.host-heartbeat")]
public sealed record HostHeartbeat(
    string Host,
    string HostName,
    long Number,
    Device[] Devices,
    Lease[] Running,
    Lease[] Finishing,
    bool Draining,
    long HighestEpoch,
    DeviceFailure[] Failures);

/// <summary>How a device failed a training.</summary>
[GenerateSerializer, Alias("smallbatch.device-failure-kind")]
public enum DeviceFailureKind
{
    /// <summary>The trainer died by what it did itself, or hung: the device may be to blame, or what it trained. Want of memory is not among them.</summary>
    Died = 0,

    /// <summary>The trainer did not start, so that what was to be trained is not to blame.</summary>
    NotStarted = 1,

    /// <summary>The disk where checkpoints are written is full.</summary>
    DiskFull = 2,
}

/// <summary>A device failed a training.</summary>
/// <param name="Device">Which device.</param>
/// <param name="Kind">How.</param>
/// <param name="ConfigurationKey">What was to be trained.</param>
/// <param name="Reason">In words, one line.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.device-failure")]
public sealed record DeviceFailure(string Device, DeviceFailureKind Kind, string ConfigurationKey, string Reason, DateTimeOffset At);

/// <summary>The answer to a heartbeat.</summary>
/// <param name="Stop">Leases that host no longer holds: it stops their trainers.</param>
/// <param name="Yield">Leases that it holds and is to give up without loss: it stops their trainers after a last checkpoint.</param>
/// <param name="Judged">Devices that are out of service for the failures it told of, with a row that says so: it forgets those failures.</param>
/// <param name="YieldFor">For whom each of <paramref name="Yield"/> is given up, one line, or null where for nobody; null from a pool that gives up none for others.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.heartbeat-reply")]
public sealed record HeartbeatReply(LeaseToken[] Stop, LeaseToken[] Yield, string[] Judged, string?[]? YieldFor = null)
{
    /// <summary>Nothing to do.</summary>
    public static HeartbeatReply Nothing { get; } = new([], [], []);
}

/// <summary>Start a training.</summary>
/// <param name="Lease">Under which lease.</param>
/// <param name="Job">What to train.</param>
/// <param name="Attempt">Number of the attempt, from 1.</param>
/// <param name="Checkpoints">Committed checkpoints to resume from, newest first; the first that is whole is used.</param>
/// <param name="Shorter">Where there are none: one of a shorter budget, from which its updates are the same.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.start-order")]
public sealed record StartOrder(Lease Lease, ConfigurationJob Job, int Attempt, CheckpointReference[] Checkpoints, ShorterCheckpoint? Shorter = null);

/// <summary>A checkpoint of the same replicas on a shorter budget.</summary>
/// <param name="Reference">The checkpoint.</param>
/// <param name="SettingsText">The shorter run's canonical settings.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.shorter-checkpoint")]
public sealed record ShorterCheckpoint(CheckpointReference Reference, string SettingsText);

/// <summary>A committed checkpoint.</summary>
/// <param name="BlobName">Its name in the checkpoint container.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Sha256">Of the whole file, hex.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.checkpoint-reference")]
public sealed record CheckpointReference(string BlobName, long Step, string Sha256);

/// <summary>The answer to a Start.</summary>
/// <param name="Accepted">Whether it trains (or already trained under this token).</param>
/// <param name="HeartbeatNumber">Number of the last heartbeat built before this answer; only later ones list the lease.</param>
/// <param name="Reason">Why it was refused, or null.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.start-reply")]
public sealed record StartReply(bool Accepted, long HeartbeatNumber, string? Reason);

/// <summary>One host as the pool sees it.</summary>
/// <param name="Host">The silo's full address.</param>
/// <param name="HostName">Name for people.</param>
/// <param name="Devices">Its devices.</param>
/// <param name="SecondsSinceHeartbeat">Age of its last word.</param>
/// <param name="Drain">Why it takes no new leases and gives up those it has, or null.</param>
/// <param name="Yielding">Leases that it has still to give up, where it is drained.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.host-snapshot")]
public sealed record HostSnapshot(string Host, string HostName, Device[] Devices, double SecondsSinceHeartbeat, string? Drain, int Yielding);

/// <summary>A host or a device that takes no work until an operator puts it back; it outlives the host and every activation of the pool.</summary>
/// <param name="HostName">The host, by its name for people.</param>
/// <param name="Device">The device, or null for the whole host.</param>
/// <param name="Reason">Why, one line.</param>
/// <param name="Since">Since when.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.outage")]
public sealed record Outage(string HostName, string? Device, string Reason, DateTimeOffset Since);

/// <summary>What became of a drain, or of putting a host or device back.</summary>
/// <param name="Error">What was found and what was wanted, where nothing fits; else null.</param>
/// <param name="HostName">The host, by its name for people.</param>
/// <param name="Changed">False where it was so already.</param>
/// <param name="Yielding">Leases that the host has still to give up.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.drain-reply")]
public sealed record DrainReply(string? Error, string HostName, bool Changed, int Yielding) : IAuditedReply
{
    string? IAuditedReply.Refusal => Error;
}

/// <summary>One lease as the pool sees it.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="SweepId">Its holder's sweep.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="HeldSeconds">For how long it has been so.</param>
/// <param name="Team">Its holder's team; null from an earlier version.</param>
/// <param name="GivesWay">For whom it is given up after a last checkpoint, one line; null where for nobody.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.lease-snapshot")]
public sealed record LeaseSnapshot(Lease Lease, string SweepId, RequestState State, double HeldSeconds, string? Team = null, string? GivesWay = null);

/// <summary>One waiting request.</summary>
/// <param name="ConfigurationKey">Whose it is.</param>
/// <param name="SweepId">Its sweep.</param>
/// <param name="Position">Place in the queue, from 1.</param>
/// <param name="Reason">Why it waits, one line.</param>
/// <param name="Team">Its team; null from an earlier version.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.queue-entry")]
public sealed record QueueEntry(string ConfigurationKey, string SweepId, int Position, string Reason, string? Team = null);

/// <summary>A team as the pool sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">Its weight among teams.</param>
/// <param name="Quota">Slots that it can count on.</param>
/// <param name="Limit">Slots that it holds at most; null for as many as there are.</param>
/// <param name="Used">Slots that it holds.</param>
/// <param name="Waiting">Requests of it that wait.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.team-snapshot")]
public sealed record TeamSnapshot(string Name, int Weight, int Quota, int? Limit, int Used, int Waiting);

/// <summary>What others may read of the pool.</summary>
/// <param name="Epoch">Of this activation.</param>
/// <param name="Hosts">Hosts that speak to it; a device's <see cref="Device.OutOfService"/> is the host's own reason, else the pool's.</param>
/// <param name="Leases">Leases in force.</param>
/// <param name="Queue">Who waits, in order.</param>
/// <param name="Outages">What an operator has to put back, hosts that do not speak at present included.</param>
/// <param name="Teams">Teams that have settings, hold a slot or wait for one, by name; null from an earlier version.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.pool-snapshot")]
public sealed record PoolSnapshot(
    long Epoch,
    HostSnapshot[] Hosts,
    LeaseSnapshot[] Leases,
    QueueEntry[] Queue,
    Outage[] Outages,
    TeamSnapshot[]? Teams = null);
