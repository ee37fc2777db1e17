using Orleans.Concurrency;
using SmallBatch.Contracts.Audit;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Contracts.GpuPool;

/// <summary>The pool of slots of one device class; its key is the class's name (<c>default</c>).</summary>
[Alias("smallbatch.gpu-pool"), GrainInterfaceType("smallbatch.gpu-pool")]
public interface IGpuPoolGrain : IGrainWithStringKey
{
    /// <summary>From a configuration: I want a slot. Idempotent and repeated while it waits, so the pool may forget it at any time.</summary>
    [Alias("Request")]
    Task<RequestReply> Request(LeaseRequest request);

    /// <summary>From a configuration: the host acknowledged Start; only heartbeats numbered later than this may call it lost.</summary>
    [Alias("Started")]
    Task Started(string configurationKey, LeaseToken token, long heartbeatNumber);

    /// <summary>From a configuration: this lease is over, or was declined. Idempotent.</summary>
    [Alias("Release")]
    Task Release(string configurationKey, LeaseToken token);

    /// <summary>From a configuration: the host refused to start this lease, which is over; nothing is granted there before a heartbeat numbered later than this.</summary>
    [Alias("Refused")]
    Task Refused(Lease lease, long heartbeatNumber);

    /// <summary>From a host, every few seconds: devices, and the leases it holds. The answer says which to stop.</summary>
    [Alias("Heartbeat")]
    Task<HeartbeatReply> Heartbeat(HostHeartbeat heartbeat);

    /// <summary>From a silo's membership watcher: that host is dead; its leases are lost.</summary>
    [Alias("HostDied")]
    Task HostDied(string host);

    /// <summary>
    /// From a sweep: forget its requests older than this control version, refuse those that still come, and take back its
    /// leases: of a cancel before it answers, of a pause as soon as each has its last checkpoint.
    /// </summary>
    [Alias("WithdrawSweep")]
    Task WithdrawSweep(string sweepId, long controlVersion, SweepHalt halt);

    /// <summary>
    /// From an operator: this host (its name, or its address) takes no new leases and gives up those it has after a last checkpoint, under this
    /// name for ever, until <see cref="Undrain"/>. Stored before it is answered, with <paramref name="by"/>, who asked for it; idempotent.
    /// </summary>
    [Alias("Drain"), AlwaysInterleave, Audited]
    Task<DrainReply> Drain(string host, string by);

    /// <summary>From an operator: this host takes leases again; with a device, that device which was taken out of service. Stored before it is answered; idempotent.</summary>
    [Alias("Undrain"), AlwaysInterleave, Audited]
    Task<DrainReply> Undrain(string host, string? device);

    /// <summary>The numerics classes on offer, those with most slots first.</summary>
    [Alias("NumericsClasses"), ReadOnly]
    Task<string[]> NumericsClasses();

    /// <summary>Slots in service of that numerics class, free and held.</summary>
    [Alias("Slots"), ReadOnly]
    Task<int> Slots(string numericsClass);

    /// <summary>Devices, slots, leases and the queue.</summary>
    [Alias("Describe"), ReadOnly]
    Task<PoolSnapshot> Describe();
}
