using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>What the pool knows of one host, from its last heartbeat.</summary>
internal sealed class HostEntry(string host)
{
    private const int MostDied = 64;

    public string Host { get; } = host;

    public string HostName { get; set; } = host;

    public Device[] Devices { get; set; } = [];

    /// <summary>Number of the last heartbeat taken in; older ones change nothing.</summary>
    public long LastNumber { get; set; }

    /// <summary>When that was, on the pool's monotonic clock.</summary>
    public TimeSpan LastSeen { get; set; }

    public bool Draining { get; set; }

    /// <summary>Whether it has a free slot; null where that is to be looked up.</summary>
    public bool? HasRoom { get; set; }

    /// <summary>Which configurations' trainers died on which of its devices, as far as this activation has heard, the last <see cref="MostDied"/>.</summary>
    public List<(string Device, string ConfigurationKey)> Died { get; } = [];

    /// <summary>Failures that its last heartbeat told of.</summary>
    public DeviceFailure[] Told { get; private set; } = [];

    /// <summary>Those told of when an operator put their device back: they count no more, though the host may tell of them again.</summary>
    public HashSet<DeviceFailure> Forgiven { get; } = [];

    /// <summary>Number of the last heartbeat built before it refused a Start: what the pool knows of it was wrong until then.</summary>
    public long RefusedAt { get; set; }

    /// <summary>Takes in what a heartbeat says of the host itself. Returns whether other slots can be granted there than before.</summary>
    public bool Take(HostHeartbeat heartbeat, TimeSpan now)
    {
        var changed = HostName != heartbeat.HostName || Draining != heartbeat.Draining || (LastNumber <= RefusedAt && heartbeat.Number > RefusedAt)
            || Devices.Length != heartbeat.Devices.Length || !Devices.Zip(heartbeat.Devices).All(d => OffersSame(d.First, d.Second));
        (HostName, Devices, Draining) = (heartbeat.HostName, heartbeat.Devices, heartbeat.Draining);
        (LastNumber, LastSeen) = (heartbeat.Number, now);
        return changed;
    }

    private static bool OffersSame(Device one, Device other) =>
        one.Id == other.Id && one.NumericsClass == other.NumericsClass && one.OutOfService == other.OutOfService && one.Slots.SequenceEqual(other.Slots);

    /// <summary>Remembers where trainers died, whatever its host forgets.</summary>
    public void Remember(IEnumerable<DeviceFailure> failures)
    {
        Told = [.. failures];
        Forgiven.IntersectWith(Told);
        Died.AddRange(failures.Where(f => f.Kind == DeviceFailureKind.Died).Select(f => (f.Device, f.ConfigurationKey)).Distinct().Except(Died).ToList());
        Died.RemoveRange(0, Math.Max(0, Died.Count - MostDied));
    }

    /// <summary>A device is put back, whether or not its host has heard yet that it was out.</summary>
    public void Forgive(string device) => Forgiven.UnionWith(Told.Where(f => f.Device == device));
}
