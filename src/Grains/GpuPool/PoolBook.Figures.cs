using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>The pool in numbers.</summary>
internal sealed partial class PoolBook
{
    private readonly HashSet<string> classes = new(StringComparer.Ordinal);

    /// <summary>Counts everything.</summary>
    public PoolFigures Figures()
    {
        var devices = hosts.Values.SelectMany(h => h.Devices.Select(d => (Host: h, Device: d, d.NumericsClass, State: StateOf(h, d)))).ToList();
        var leased = leases.All.Where(e => e.OccupiesSlot).Select(e => (e.Lease.Host, e.Lease.Slot)).ToHashSet();
        var slots = devices.SelectMany(d => d.Device.Slots.Select(s => (d.NumericsClass, State: StateOf(leased.Contains((d.Host.Host, s)), d.State))));
        var held = Held();
        var waiting = queue.All.GroupBy(w => (w.Request.NumericsClass, Alone: w.Request.AvoidHosts.Length > 0, w.Share.Team))
            .Select(g => (g.Key.NumericsClass, Reason: WaitsFor(g.First(), held), Count: g.Count())).ToList();
        classes.UnionWith(devices.Select(d => d.NumericsClass).Concat(waiting.Select(w => w.NumericsClass)));
        return new(
            hosts.Count,
            ByClass<DeviceState>(devices.Select(d => (d.NumericsClass, d.State, 1))),
            ByClass<SlotState>(slots.Select(s => (s.NumericsClass, s.State, 1))),
            Enum.GetValues<LeasePhase>().ToDictionary(p => p, p => leases.All.Count(e => e.Phase == p)),
            ByClass<WaitReason>(waiting));
    }

    /// <summary>Why a request waits.</summary>
    private WaitReason WaitsFor(WaitingRequest waiting, Holdings held)
    {
        var request = waiting.Request;
        var ofClass = OfClass(request.NumericsClass);
        return hosts.Count == 0 ? WaitReason.Host
            : ofClass.All.Count == 0 ? WaitReason.Class
            : ofClass.Slots == 0 ? WaitReason.OutOfService
            : IsAtLimit(held, waiting.Share.Team) ? WaitReason.Limit
            : request.AvoidHosts.Length > 0 ? WaitReason.Alone
            : WaitReason.Slot;
    }

    private DeviceState StateOf(HostEntry host, Device device) =>
        WhyDrained(host) is not null ? DeviceState.Drained : WhyOut(host, device) is not null ? DeviceState.OutOfService : DeviceState.InService;

    private static SlotState StateOf(bool leased, DeviceState device) =>
        leased ? SlotState.Leased : device == DeviceState.InService ? SlotState.Free : SlotState.OutOfService;

    private Dictionary<(string Class, T Key), int> ByClass<T>(IEnumerable<(string Class, T Key, int Count)> counted)
        where T : struct, Enum
    {
        var sums = classes.SelectMany(c => Enum.GetValues<T>().Select(k => (c, k))).ToDictionary(k => k, _ => 0);
        foreach (var (name, key, count) in counted)
        {
            sums[(name, key)] += count;
        }

        return sums;
    }
}
