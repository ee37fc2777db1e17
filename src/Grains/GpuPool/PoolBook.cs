using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

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

    /// <summary>The numerics classes of devices in service, those with most slots first.</summary>
    public string[] NumericsClasses() =>
    [
        .. hosts.Values.SelectMany(h => h.Devices).Where(d => d.OutOfService is null)
            .GroupBy(d => d.NumericsClass, StringComparer.Ordinal)
            .OrderByDescending(g => g.Sum(d => d.Slots.Length)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.Key),
    ];

    /// <summary>Gives free slots to waiting requests, in the policy's order. Returns whether any was given.</summary>
    public bool Schedule(TimeSpan now)
    {
        var occupied = byConfiguration.Values.Where(e => e.OccupiesSlot)
            .Select(e => (e.Lease.Host, e.Lease.Slot)).ToHashSet();
        var free = hosts.Values.Where(h => !h.Draining)
            .SelectMany(h => h.Devices.Where(d => d.OutOfService is null)
                .SelectMany(d => d.Slots.Where(s => !occupied.Contains((h.Host, s))).Select(s => (h.Host, Slot: s, Device: d))))
            .ToList();
        var granted = false;
        foreach (var waiting in free.Count == 0 ? [] : Ordered())
        {
            var slot = free.FindIndex(f => f.Device.NumericsClass == waiting.Request.NumericsClass);
            if (slot < 0 || byConfiguration.ContainsKey(waiting.Request.ConfigurationKey))
            {
                continue;
            }

            var request = waiting.Request;
            var token = new LeaseToken(Epoch, ++sequence, newId());
            var lease = new Lease(request.ConfigurationKey, token, free[slot].Host, free[slot].Slot, free[slot].Device.Id);
            byConfiguration[request.ConfigurationKey] =
                new(lease, request.SweepId, request.ControlVersion, LeasePhase.Granting, now) { Request = request };
            queue.Remove(request.ConfigurationKey);
            free.RemoveAt(slot);
            granted = true;
            if (free.Count == 0)
            {
                break;
            }
        }

        return granted;
    }

    private IReadOnlyList<WaitingRequest> Ordered() =>
        GrantPolicy.Order(queue.Values, byConfiguration.Values.GroupBy(e => e.SweepId).ToDictionary(g => g.Key, g => g.Count()));

    private string WhyWaiting(LeaseRequest request, int position)
    {
        var devices = hosts.Values.Where(h => !h.Draining).SelectMany(h => h.Devices.Select(d => (h.HostName, Device: d))).Where(d => d.Device.NumericsClass == request.NumericsClass).ToList();
        var slots = devices.Where(d => d.Device.OutOfService is null).Sum(d => d.Device.Slots.Length);
        return (hosts.Count, slots) switch
        {
            (0, _) => "no host has reported to the pool yet",
            (_, 0) when devices.Count > 0 =>
                $"every device of numerics class {request.NumericsClass} is out of service: {string.Join("; ", devices.Select(d => $"{d.Device.Id} of {d.HostName}: {d.Device.OutOfService}"))}",
            (_, 0) => $"no slot of numerics class {request.NumericsClass}; on offer: {string.Join(", ", NumericsClasses().DefaultIfEmpty("none"))}",
            _ => $"place {position} in the queue for {slots} slot{(slots == 1 ? "" : "s")}",
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
