using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>The devices of each numerics class, counted anew only once one of them has changed.</summary>
internal sealed partial class PoolBook
{
    private static readonly ClassDevices NoDevices = new([], []);
    private Dictionary<string, ClassDevices>? devicesByClass;

    private ClassDevices OfClass(string numericsClass) => Classes().GetValueOrDefault(numericsClass, NoDevices);

    private Dictionary<string, ClassDevices> Classes() => devicesByClass ??= hosts.Values.SelectMany(h => h.Devices.Select(d => (Host: h, Device: d)))
        .GroupBy(d => d.Device.NumericsClass, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => new ClassDevices([.. g], [.. g.Where(d => IsInService(d.Host, d.Device))]), StringComparer.Ordinal);

    /// <summary>A host came, went or says something else, or an outage began or ended.</summary>
    private void DevicesChanged()
    {
        devicesByClass = null;
        scheduleIsDue = true;
        foreach (var host in hosts.Values)
        {
            host.HasRoom = null;
        }
    }

    /// <summary>The devices of a numerics class, and those of them in service.</summary>
    private sealed record ClassDevices(IReadOnlyList<(HostEntry Host, Device Device)> All, IReadOnlyList<(HostEntry Host, Device Device)> InService)
    {
        /// <summary>Slots in service.</summary>
        public int Slots { get; } = InService.Sum(d => d.Device.Slots.Length);
    }
}
