using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Client.Views;

/// <summary>One slot of the pool, and who has it.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Device">The device that it is part of.</param>
/// <param name="Name">Its name, unique within the host.</param>
/// <param name="Lease">The lease in force; null where none is.</param>
internal sealed record PoolSlot(HostSnapshot Host, Device Device, string Name, LeaseSnapshot? Lease)
{
    /// <summary>What it does, in a word or two.</summary>
    public string State => PoolStates.Of(Host, Device, Lease);

    /// <summary>Every slot, host by host.</summary>
    public static IReadOnlyList<PoolSlot> Of(PoolSnapshot pool)
    {
        var leases = pool.Leases.Where(l => l.State != RequestState.Finishing).ToLookup(l => (l.Lease.Host, l.Lease.Slot));
        return [.. pool.Hosts.SelectMany(h => h.Devices.SelectMany(d => d.Slots.Select(s => new PoolSlot(h, d, s, leases[(h.Host, s)].FirstOrDefault()))))];
    }
}
