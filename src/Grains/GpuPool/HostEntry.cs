using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>What the pool knows of one host, from its last heartbeat.</summary>
internal sealed class HostEntry(string host)
{
    public string Host { get; } = host;

    public string HostName { get; set; } = host;

    public Device[] Devices { get; set; } = [];

    /// <summary>Number of the last heartbeat taken in; older ones change nothing.</summary>
    public long LastNumber { get; set; }

    /// <summary>When that was, on the pool's monotonic clock.</summary>
    public TimeSpan LastSeen { get; set; }

    public bool Draining { get; set; }

    /// <summary>Number of the last heartbeat built before it refused a Start: what the pool knows of it was wrong until then.</summary>
    public long RefusedAt { get; set; }
}
