using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>A device in service while slots are given: what is free there, and what is not.</summary>
internal sealed class OpenDevice(string host, Device device, IEnumerable<string> free, int occupied)
{
    public string Host { get; } = host;

    public Device Device { get; } = device;

    /// <summary>Free slots, in order.</summary>
    public Queue<string> Free { get; } = new(free);

    /// <summary>Slots that leases hold.</summary>
    public int Occupied { get; set; } = occupied;
}

/// <summary>
/// Which slot a request gets, purely. Most take the first free one of their class. A poisoned one gets a device of its own: on a host where its
/// trainer has not died, as long as one with its class is in service, the one with fewest leases, once that is empty.
/// </summary>
internal static class PlacementPolicy
{
    /// <summary>
    /// The device and its slot, taken; null where the request waits. <paramref name="devices"/> are those in service that no poisoned one holds;
    /// of the one that a poisoned one waits for nothing else is free where it <paramref name="reserves"/>.
    /// </summary>
    public static (OpenDevice Device, string Slot)? Take(IReadOnlyCollection<OpenDevice> devices, LeaseRequest request, bool reserves)
    {
        var ofClass = devices.Where(d => d.Device.NumericsClass == request.NumericsClass);
        if (request.AvoidHosts.Length == 0)
        {
            return ofClass.FirstOrDefault(d => d.Free.Count > 0) is { } open ? (open, TakeSlot(open)) : null;
        }

        if (ofClass.OrderBy(d => Avoids(request, d.Host)).ThenBy(d => d.Occupied).FirstOrDefault() is not { } best)
        {
            return null;
        }

        var slot = best.Occupied == 0 && best.Free.Count > 0 ? TakeSlot(best) : null;
        if (slot is not null || reserves)
        {
            best.Free.Clear();
        }

        return slot is null ? null : (best, slot);
    }

    /// <summary>Whether a trainer of it died at that host's place, in this silo's life or an earlier one's.</summary>
    public static bool Avoids(LeaseRequest request, string host) =>
        request.AvoidHosts.Any(h => HostAddress.Place(h) == HostAddress.Place(host));

    private static string TakeSlot(OpenDevice device)
    {
        device.Occupied++;
        return device.Free.Dequeue();
    }
}
