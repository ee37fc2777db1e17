using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Who gets free slots, and whose are taken back.</summary>
internal sealed partial class PoolBook
{
    /// <summary>Gives free slots to waiting requests in the policy's order, and marks the leases that give way to a team below its quota. Returns whether any slot was given.</summary>
    public bool Schedule(TimeSpan now)
    {
        var devices = Open();
        var granted = false;
        if (devices.Any(d => d.Free.Count > 0))
        {
            // Each is asked after the one before it was granted: that counts for its team's limit.
            foreach (var waiting in ReservationPolicy.Choose(queue.Values, now, options.ReserveAfter).Where(w => !IsAtLimit(Held(), w.Share.Team)))
            {
                granted |= Grant(devices, waiting, reserves: true, now);
            }

            granted |= GrantInTurn(devices, now);
        }

        GiveWay();
        return granted;
    }

    private bool GrantInTurn(List<OpenDevice> devices, TimeSpan now)
    {
        var (free, before) = (devices.Sum(d => d.Free.Count), sequence);
        var full = new HashSet<string>(StringComparer.Ordinal);
        var turns = new GrantTurns(queue.Values, Held(), options, now);
        while (free > 0 && turns.Next() is { Level: not GrantLevel.Limited, Waiting: var waiting })
        {
            if (full.Contains(waiting.Request.NumericsClass))
            {
                continue;
            }

            if (Grant(devices, waiting, reserves: false, now))
            {
                turns.Granted();
                free = waiting.Request.AvoidHosts.Length > 0 ? devices.Sum(d => d.Free.Count) : free - 1;
            }
            else if (waiting.Request.AvoidHosts.Length == 0 && !byConfiguration.ContainsKey(waiting.Request.ConfigurationKey))
            {
                full.Add(waiting.Request.NumericsClass);
            }
        }

        return sequence > before;
    }

    private bool Grant(List<OpenDevice> devices, WaitingRequest waiting, bool reserves, TimeSpan now)
    {
        var request = waiting.Request;
        if (byConfiguration.ContainsKey(request.ConfigurationKey) || PlacementPolicy.Take(devices, request, reserves) is not var (device, slot))
        {
            return false;
        }

        var token = new LeaseToken(Epoch, ++sequence, newId());
        var lease = new Lease(request.ConfigurationKey, token, device.Host, slot, device.Device.Id);
        byConfiguration[request.ConfigurationKey] = new(lease, request.SweepId, request.ControlVersion, LeasePhase.Granting, now)
        {
            Request = request,
            Alone = request.AvoidHosts.Length > 0,
            Share = waiting.Share,
        };
        queue.Remove(request.ConfigurationKey);
        return true;
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

    /// <summary>Chooses anew which leases give way; those whose hosts were told of it stay chosen.</summary>
    private void GiveWay()
    {
        foreach (var entry in byConfiguration.Values.Where(e => !e.ToldToYield))
        {
            entry.GivesWayTo = null;
        }

        if (options.Teams.Values.All(t => t.Quota == 0))
        {
            return;
        }

        var waiting = queue.Values.Where(w => w.Request.AvoidHosts.Length == 0 && !byConfiguration.ContainsKey(w.Request.ConfigurationKey))
            .GroupBy(w => (w.Share.Team, w.Request.NumericsClass)).ToDictionary(g => g.Key, g => g.Count());
        var held = byConfiguration.Values.Where(e => e.OccupiesSlot).Select(e => new HeldSlot(
            e.Lease.ConfigurationKey, e.Share.Team, ClassInService(e.Lease), e.Phase is LeasePhase.Finishing or LeasePhase.Removing || e.Yielding || e.GivesWayTo is not null, e.Phase == LeasePhase.Held, e.Since)).ToList();
        foreach (var (key, team) in PreemptionPolicy.Choose(held, waiting, options))
        {
            byConfiguration[key].GivesWayTo = team;
        }
    }

    private string? ClassInService(Lease lease) =>
        hosts.TryGetValue(lease.Host, out var host) && host.Devices.FirstOrDefault(d => d.Id == lease.Device) is { } device && IsInService(host, device) ? device.NumericsClass : null;

    private Holdings Held() => Holdings.Of([.. byConfiguration.Values.Where(e => e.OccupiesSlot).Select(e => (e.Share.Team, e.SweepId))], lastHeld);

    private bool IsAtLimit(Holdings held, string team) => held.Teams.GetValueOrDefault(team) >= options.Team(team).Limit;
}
