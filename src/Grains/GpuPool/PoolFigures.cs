namespace SmallBatch.Grains.GpuPool;

/// <summary>Why a request waits.</summary>
internal enum WaitReason
{
    /// <summary>Others have the slots.</summary>
    Slot,

    /// <summary>It wants a device of its own.</summary>
    Alone,

    /// <summary>Its team holds as many slots as it may.</summary>
    Limit,

    /// <summary>Every device of its class is out of service, or its host drained.</summary>
    OutOfService,

    /// <summary>No host offers its class.</summary>
    Class,

    /// <summary>No host has reported to the pool yet.</summary>
    Host,
}

/// <summary>Whether a device takes work.</summary>
internal enum DeviceState
{
    /// <summary>It does.</summary>
    InService,

    /// <summary>Its host does not: it is drained, or about to leave.</summary>
    Drained,

    /// <summary>Its host does, and it does not.</summary>
    OutOfService,
}

/// <summary>What of a device's slots is to be had.</summary>
internal enum SlotState
{
    /// <summary>It is free.</summary>
    Free,

    /// <summary>A lease holds it.</summary>
    Leased,

    /// <summary>No lease holds it, and its device takes no work.</summary>
    OutOfService,
}

/// <summary>The pool in numbers. Each numerics class that this activation has met has every state, zeros included, so that no series of it ends.</summary>
/// <param name="Hosts">Hosts that speak to it.</param>
/// <param name="Devices">Devices by class and state.</param>
/// <param name="Slots">Slots by class and state.</param>
/// <param name="Leases">Leases by phase.</param>
/// <param name="Queue">Waiting requests by class and reason.</param>
internal sealed record PoolFigures(
    int Hosts,
    IReadOnlyDictionary<(string Class, DeviceState State), int> Devices,
    IReadOnlyDictionary<(string Class, SlotState State), int> Slots,
    IReadOnlyDictionary<LeasePhase, int> Leases,
    IReadOnlyDictionary<(string Class, WaitReason Reason), int> Queue)
{
    /// <summary>By class, the slots that are leased and those that are waited for: what an autoscaler may aim at.</summary>
    public IEnumerable<(string Class, int Slots)> Wanted() => Slots
        .Where(s => s.Key.State == SlotState.Leased)
        .Select(s => (s.Key.Class, s.Value + Queue.Where(q => q.Key.Class == s.Key.Class).Sum(q => q.Value)));
}
