using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Who gets free slots, and whose are taken back.</summary>
internal sealed partial class PoolBook
{
    private bool scheduleIsDue = true;
    private bool someGiveWay = true;
    private TimeSpan scheduledAt;

    /// <summary>
    /// Gives free slots to waiting requests in the policy's order, and marks the leases that give way to a team below its quota. Returns whether any slot was given.
    /// Does nothing where nothing has changed since it was last called that could give a slot, and no tick's time has passed.
    /// </summary>
    public bool Schedule(TimeSpan now)
    {
        if (!scheduleIsDue && now - scheduledAt < options.TickPeriod)
        {
            return false;
        }

        var before = sequence;
        if (queue.Count > 0)
        {
            GrantAll(now);
        }

        GiveWay();
        (scheduleIsDue, scheduledAt) = (false, now);
        return sequence > before;
    }

    private void GrantAll(TimeSpan now)
    {
        var devices = Open();
        if (devices.All(d => d.Free.Count == 0))
        {
            return;
        }

        // Each is asked after the one before it was granted: that counts for its team's limit.
        foreach (var waiting in ReservationPolicy.Choose(queue.Alone, now, options.ReserveAfter).Where(w => !IsAtLimit(Held(), w.Share.Team)))
        {
            if (Grant(devices, waiting, reserves: true, now))
            {
                Leave(waiting.Request.ConfigurationKey);
            }
        }

        // They leave the queue once its turns are taken.
        GrantInTurn(devices, now).ForEach(Leave);
    }

    private List<string> GrantInTurn(List<OpenDevice> devices, TimeSpan now)
    {
        var free = devices.Sum(d => d.Free.Count);
        var granted = new List<string>();
        var full = new HashSet<string>(StringComparer.Ordinal);
        var turns = new GrantTurns(queue, Held(), options, now);
        while (free > 0 && turns.Next() is { Level: not GrantLevel.Limited, Waiting: var waiting })
        {
            if (full.Contains(waiting.Request.NumericsClass))
            {
                continue;
            }

            if (Grant(devices, waiting, reserves: false, now))
            {
                turns.Granted();
                granted.Add(waiting.Request.ConfigurationKey);
                free = waiting.Request.AvoidHosts.Length > 0 ? devices.Sum(d => d.Free.Count) : free - 1;
            }
            else if (waiting.Request.AvoidHosts.Length == 0 && leases.Find(waiting.Request.ConfigurationKey) is null)
            {
                full.Add(waiting.Request.NumericsClass);
            }
        }

        return granted;
    }

    private bool Grant(List<OpenDevice> devices, WaitingRequest waiting, bool reserves, TimeSpan now)
    {
        var request = waiting.Request;
        if (leases.Find(request.ConfigurationKey) is not null || PlacementPolicy.Take(devices, request, reserves) is not var (device, slot))
        {
            return false;
        }

        var token = new LeaseToken(Epoch, ++sequence, newId());
        var lease = new Lease(request.ConfigurationKey, token, device.Host, slot, device.Device.Id);
        leases.Put(new(lease, request.SweepId, request.ControlVersion, LeasePhase.Granting, now)
        {
            Request = request,
            Alone = request.AvoidHosts.Length > 0,
            Share = waiting.Share,
        });
        return true;
    }

    /// <summary>The devices in service, those that a lease has to itself left out; of hosts without a free slot only where somebody waits for a device of its own.</summary>
    private List<OpenDevice> Open() =>
    [
        .. hosts.Values.Where(h => h.LastNumber > h.RefusedAt && (queue.Alone.Count > 0 || HasRoom(h))).SelectMany(Open),
    ];

    private IEnumerable<OpenDevice> Open(HostEntry host)
    {
        var occupying = leases.OfHost(host.Host).Where(e => e.OccupiesSlot).ToList();
        var slots = occupying.Select(e => e.Lease.Slot).ToHashSet(StringComparer.Ordinal);
        var devices = occupying.ToLookup(e => e.Lease.Device, StringComparer.Ordinal);
        return host.Devices.Where(d => IsInService(host, d) && !devices[d.Id].Any(e => e.Alone))
            .Select(d => new OpenDevice(host.Host, d, d.Slots.Where(s => !slots.Contains(s)), devices[d.Id].Count()));
    }

    private bool HasRoom(HostEntry host) => host.HasRoom ??= Open(host).Any(d => d.Free.Count > 0);

    /// <summary>What a lease's change may change: who is granted what, and whether its host has room.</summary>
    private void LeaseChanged(LeaseEntry entry)
    {
        OrderChanged();
        if (hosts.TryGetValue(entry.Lease.Host, out var host))
        {
            host.HasRoom = null;
        }
    }

    /// <summary>Chooses anew which leases give way; those whose hosts were told of it stay chosen.</summary>
    private void GiveWay()
    {
        if (someGiveWay)
        {
            foreach (var entry in leases.All.Where(e => !e.ToldToYield))
            {
                entry.GivesWayTo = null;
            }

            someGiveWay = false;
        }

        if (queue.Sweeps.Keys.All(k => options.Team(k.Team).Quota == 0))
        {
            return;
        }

        someGiveWay = true;
        var waiting = queue.All.Where(w => w.Request.AvoidHosts.Length == 0 && leases.Find(w.Request.ConfigurationKey) is null)
            .GroupBy(w => (w.Share.Team, w.Request.NumericsClass)).ToDictionary(g => g.Key, g => g.Count());
        var held = leases.All.Where(e => e.OccupiesSlot).Select(e => new HeldSlot(
            e.Lease.ConfigurationKey, e.Share.Team, ClassInService(e.Lease), e.Phase is LeasePhase.Finishing or LeasePhase.Removing || e.Yielding || e.GivesWayTo is not null, e.Phase == LeasePhase.Held, e.Since)).ToList();
        foreach (var (key, team) in PreemptionPolicy.Choose(held, waiting, options))
        {
            leases.Find(key)!.GivesWayTo = team;
        }
    }

    private string? ClassInService(Lease lease) =>
        hosts.TryGetValue(lease.Host, out var host) && host.Devices.FirstOrDefault(d => d.Id == lease.Device) is { } device && IsInService(host, device) ? device.NumericsClass : null;

    private Holdings Held() => new(leases.Teams, leases.Sweeps, lastHeld);

    private bool IsAtLimit(Holdings held, string team) => held.Teams.GetValueOrDefault(team) >= options.Team(team).Limit;
}
