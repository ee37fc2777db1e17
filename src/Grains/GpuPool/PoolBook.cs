using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// What the pool knows and decides, without time, store or messages of its own: each operation changes the book, and
/// <see cref="TakeWrites"/> says which rows must follow. A lease is told to nobody before its row is stored.
/// </summary>
internal sealed partial class PoolBook(long epoch, Func<Guid> newId)
{
    private readonly Dictionary<string, HostEntry> hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LeaseEntry> byConfiguration = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WaitingRequest> queue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> control = new(StringComparer.Ordinal);
    private readonly Dictionary<(string HostName, string? Device), OutageEntry> outages = [];
    private readonly HashSet<string> dead = new(StringComparer.Ordinal);
    private readonly List<LeaseEntry> leftovers = [];
    private long sequence;
    private long arrivals;

    /// <summary>This activation's number; part of every token it gives out.</summary>
    public long Epoch { get; } = epoch;

    /// <summary>A configuration wants a slot.</summary>
    public RequestReply Request(LeaseRequest request, TimeSpan now)
    {
        if (byConfiguration.TryGetValue(request.ConfigurationKey, out var entry))
        {
            switch (entry.Phase)
            {
                case LeasePhase.Granting or LeasePhase.Offered:
                    return new(RequestState.Offered, 0, null);
                case LeasePhase.Finishing:
                    return new(RequestState.Finishing, 0, "its trainer has ended and its outcome is on the way");
                case LeasePhase.Held when entry.Lease.Token == request.Token:
                    return new(RequestState.Holds, 0, null);
                case LeasePhase.Held:
                    // The holder knows another token than the host's: its store lost the attempt. That training is nobody's.
                    Remove(entry, null, now);
                    break;
                default:
                    break;
            }
        }

        // The sweep was halted under that version, and goes on under a higher one if it does.
        if (request.ControlVersion <= control.GetValueOrDefault(request.SweepId))
        {
            return new(RequestState.Refused, 0, "its sweep was cancelled or paused after this request");
        }

        var arrival = queue.TryGetValue(request.ConfigurationKey, out var waiting) ? waiting.Arrival : ++arrivals;
        queue[request.ConfigurationKey] = new(request, arrival);
        var position = Ordered().ToList().FindIndex(w => w.Request.ConfigurationKey == request.ConfigurationKey) + 1;
        return new(RequestState.Waiting, position, WhyWaiting(request, position));
    }

    /// <summary>Whether that lease waits for its configuration to take it.</summary>
    public bool IsOffered(Lease lease) => Find(lease.ConfigurationKey, lease.Token) is { Phase: LeasePhase.Offered };

    /// <summary>The host acknowledged Start; false where the pool holds no such lease any more.</summary>
    public bool Started(string configurationKey, LeaseToken token, long heartbeatNumber, TimeSpan now)
    {
        if (Find(configurationKey, token) is not { Phase: LeasePhase.Offered or LeasePhase.Held } entry)
        {
            return false;
        }

        entry.Enter(LeasePhase.Held, now);
        entry.StartedAtHeartbeat = Math.Max(entry.StartedAtHeartbeat, heartbeatNumber);
        return true;
    }

    /// <summary>The holder gives the lease back, or its outcome is acknowledged.</summary>
    public void Release(string configurationKey, LeaseToken token, TimeSpan now)
    {
        if (Find(configurationKey, token) is { } entry)
        {
            Remove(entry, null, now);
        }
    }

    /// <summary>The host refused to start it: what is known of that host is wrong, so nothing is granted there before it has said more.</summary>
    public void Refused(Lease lease, long heartbeatNumber, TimeSpan now)
    {
        Release(lease.ConfigurationKey, lease.Token, now);
        if (hosts.TryGetValue(lease.Host, out var host))
        {
            host.RefusedAt = Math.Max(host.RefusedAt, heartbeatNumber);
        }
    }

    /// <summary>
    /// Forgets the sweep's older requests and takes back its older leases: of a cancel at once, of a pause once their hosts
    /// have given them up after a last checkpoint.
    /// </summary>
    public void WithdrawSweep(string sweepId, long controlVersion, SweepHalt halt, TimeSpan now)
    {
        control[sweepId] = Math.Max(controlVersion, control.GetValueOrDefault(sweepId));
        foreach (var waiting in queue.Values.Where(w => w.Request.SweepId == sweepId && w.Request.ControlVersion < controlVersion).ToList())
        {
            queue.Remove(waiting.Request.ConfigurationKey);
        }

        foreach (var entry in byConfiguration.Values.Where(e => e.SweepId == sweepId && e.ControlVersion < controlVersion).ToList())
        {
            if (halt == SweepHalt.Cancel || entry.Phase == LeasePhase.Granting)
            {
                Remove(entry, halt == SweepHalt.Cancel ? "its sweep was cancelled" : "its sweep was paused", now);
            }
            else
            {
                // One that is only offered is declined, or its host may have it already.
                entry.Yielding = true;
            }
        }
    }

    /// <summary>Whether a lease of the sweep older than this control version still has a row.</summary>
    public bool HoldsBefore(string sweepId, long controlVersion) =>
        byConfiguration.Values.Any(e => e.SweepId == sweepId && e.ControlVersion < controlVersion);

    /// <summary>The numerics classes of devices in service, those with most slots first; simulated ones after every real one, so that no sweep is made up while it can be trained.</summary>
    public string[] NumericsClasses() =>
    [
        .. hosts.Values.SelectMany(h => h.Devices.Where(d => IsInService(h, d)))
            .GroupBy(d => d.NumericsClass, StringComparer.Ordinal)
            .OrderBy(g => SimulatedNumerics.Is(g.Key)).ThenByDescending(g => g.Sum(d => d.Slots.Length)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.Key),
    ];

    /// <summary>Slots in service of a numerics class.</summary>
    public int Slots(string numericsClass) =>
        hosts.Values.Sum(h => h.Devices.Where(d => d.NumericsClass == numericsClass && IsInService(h, d)).Sum(d => d.Slots.Length));

    /// <summary>Gives free slots to waiting requests, in the policy's order. Returns whether any was given.</summary>
    public bool Schedule(TimeSpan now)
    {
        var devices = Open();
        var granted = false;
        foreach (var waiting in devices.Any(d => d.Free.Count > 0) ? Ordered() : [])
        {
            var request = waiting.Request;
            if (byConfiguration.ContainsKey(request.ConfigurationKey) || PlacementPolicy.Take(devices, request) is not var (device, slot))
            {
                continue;
            }

            var token = new LeaseToken(Epoch, ++sequence, newId());
            var lease = new Lease(request.ConfigurationKey, token, device.Host, slot, device.Device.Id);
            byConfiguration[request.ConfigurationKey] =
                new(lease, request.SweepId, request.ControlVersion, LeasePhase.Granting, now) { Request = request, Alone = request.AvoidHosts.Length > 0 };
            queue.Remove(request.ConfigurationKey);
            granted = true;
            if (devices.All(d => d.Free.Count == 0))
            {
                break;
            }
        }

        return granted;
    }

    /// <summary>The devices in service, those that a lease has to itself left out.</summary>
    private List<OpenDevice> Open()
    {
        var occupying = byConfiguration.Values.Where(e => e.OccupiesSlot).ToList();
        var slots = occupying.Select(e => (e.Lease.Host, e.Lease.Slot)).ToHashSet();
        var devices = occupying.ToLookup(e => (e.Lease.Host, e.Lease.Device));
        return
        [
            .. hosts.Values.Where(h => h.LastNumber > h.RefusedAt).SelectMany(h => h.Devices
                .Where(d => IsInService(h, d) && !devices[(h.Host, d.Id)].Any(e => e.Alone))
                .Select(d => new OpenDevice(h.Host, d, d.Slots.Where(s => !slots.Contains((h.Host, s))), devices[(h.Host, d.Id)].Count()))),
        ];
    }

    private IReadOnlyList<WaitingRequest> Ordered() =>
        GrantPolicy.Order(queue.Values, byConfiguration.Values.GroupBy(e => e.SweepId).ToDictionary(g => g.Key, g => g.Count()));

    private string WhyWaiting(LeaseRequest request, int position)
    {
        var devices = hosts.Values.SelectMany(h => h.Devices.Select(d => (Host: h, Device: d))).Where(d => d.Device.NumericsClass == request.NumericsClass).ToList();
        var inService = devices.Where(d => IsInService(d.Host, d.Device)).ToList();
        var slots = inService.Sum(d => d.Device.Slots.Length);
        return WaitsFor(request) switch
        {
            WaitReason.Host => "no host has reported to the pool yet",
            WaitReason.OutOfService =>
                $"every device of numerics class {request.NumericsClass} is out of service: {string.Join("; ", devices.Select(d => $"{d.Device.Id} of {d.Host.HostName}: {WhyDrained(d.Host) ?? WhyOut(d.Host, d.Device)}"))}",
            WaitReason.Class => $"no slot of numerics class {request.NumericsClass}; on offer: {string.Join(", ", NumericsClasses().DefaultIfEmpty("none"))}",
            WaitReason.Slot => $"place {position} in the queue for {slots} slot{(slots == 1 ? "" : "s")}",
            _ => $"place {position} in the queue for a device of its own{(inService.Any(d => !PlacementPolicy.Avoids(request, d.Host.Host)) ? " on another host" : "")}: its trainer died {request.AvoidHosts.Length} times",
        };
    }

    private LeaseEntry? Find(string configurationKey, LeaseToken token) =>
        byConfiguration.TryGetValue(configurationKey, out var entry) && entry.Lease.Token == token ? entry : null;

    private static void Remove(LeaseEntry entry, string? lostBecause, TimeSpan now)
    {
        if (entry.Phase != LeasePhase.Removing)
        {
            // Nobody was told of a lease that is still being granted, so nobody is told that it is over.
            entry.LostBecause = entry.Phase == LeasePhase.Granting ? null : lostBecause;
            entry.Enter(LeasePhase.Removing, now);
        }
    }
}
