using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>What hosts say, and what their silence means.</summary>
internal sealed partial class PoolBook
{
    /// <summary>
    /// Whether a host has seen tokens of a later epoch: another activation has taken over, or the store has lost the raise.
    /// This one's tokens would be refused there for ever; the next activation's epoch is higher.
    /// </summary>
    public bool IsBehind(HostHeartbeat heartbeat) => heartbeat.HighestEpoch > Epoch;

    /// <summary>
    /// Takes in a heartbeat; answers the tokens that the host must stop or yield. An older or doubled heartbeat changes nothing, and that of a
    /// host known to be dead only stops what it runs.
    /// </summary>
    public HeartbeatReply Heartbeat(HostHeartbeat heartbeat, TimeSpan now)
    {
        if (!hosts.TryGetValue(heartbeat.Host, out var host))
        {
            if (dead.Contains(heartbeat.Host) || hosts.Keys.Any(h => HostAddress.IsBefore(heartbeat.Host, h)))
            {
                return HeartbeatReply.Nothing with { Stop = [.. heartbeat.Running.Concat(heartbeat.Finishing).Select(l => l.Token)] };
            }

            TakePlaceOfEarlierLives(heartbeat.Host, now);
            hosts[heartbeat.Host] = host = new(heartbeat.Host);
        }

        if (heartbeat.Number <= host.LastNumber)
        {
            return HeartbeatReply.Nothing;
        }

        if (host.Take(heartbeat, now))
        {
            DevicesChanged();
        }

        Judge(host, heartbeat.Failures);
        foreach (var running in heartbeat.Running)
        {
            if (Find(running.ConfigurationKey, running.Token) is { Phase: LeasePhase.Offered } offered)
            {
                offered.Enter(LeasePhase.Held, now);
                offered.StartedAtHeartbeat = heartbeat.Number;
            }
        }

        var runningTokens = heartbeat.Running.Select(l => l.Token).ToHashSet();
        var finishingTokens = heartbeat.Finishing.Select(l => l.Token).ToHashSet();
        foreach (var entry in leases.OfHost(heartbeat.Host).ToList())
        {
            Reconcile(entry, heartbeat.Number, runningTokens, finishingTokens, now);
        }

        var yields = heartbeat.Running.Select(l => Find(l.ConfigurationKey, l.Token)).OfType<LeaseEntry>()
            .Where(e => e.Phase == LeasePhase.Held && (e.Yielding || e.GivesWayTo is not null || IsDrained(host))).ToList();
        yields.ForEach(e => e.ToldToYield |= e.GivesWayTo is not null);
        return new(
            [
                .. heartbeat.Running.Concat(heartbeat.Finishing)
                    .Where(l => Find(l.ConfigurationKey, l.Token) is null or { Phase: LeasePhase.Removing })
                    .Select(l => l.Token),
            ],
            [.. yields.Select(e => e.Lease.Token)],
            Judged(host),
            [.. yields.Select(e => e.GivesWayTo is { } team ? $"gave its slot to team {team}, whose quota is {Slots(options.Team(team).Quota)}" : null)]);
    }

    /// <summary>That host is dead, and will not be back under this address: its leases are lost, and so are its unacknowledged outcomes.</summary>
    public void HostDied(string host, string reason, TimeSpan now)
    {
        dead.Add(host);
        HostIsSilent(host, reason, now);
    }

    /// <summary>That host loses its leases and its unacknowledged outcomes; should it speak again, it is a host like any other.</summary>
    public void HostIsSilent(string host, string reason, TimeSpan now)
    {
        if (hosts.Remove(host))
        {
            DevicesChanged();
        }

        foreach (var entry in leases.OfHost(host).ToList())
        {
            Remove(entry, reason, now);
        }
    }

    /// <summary>Declares hosts lost that have been silent too long, and withdraws offers that nobody acknowledged.</summary>
    public void Tick(TimeSpan now, GpuPoolOptions limits)
    {
        foreach (var host in hosts.Values.Where(h => now - h.LastSeen > limits.SilentHostAfter).ToList())
        {
            HostIsSilent(host.Host, $"host {host.HostName} has been silent for {(now - host.LastSeen).TotalSeconds:F0} s", now);
        }

        foreach (var entry in leases.All.ToList())
        {
            // A lease read back by a new activation waits for its host's word as long as any host may be silent.
            var limit = entry.Request is null ? limits.SilentHostAfter : limits.OfferTimeout;
            if (entry.Phase == LeasePhase.Offered && now - entry.Since > limit)
            {
                Remove(entry, $"its offer was not acknowledged within {limit.TotalSeconds:F0} s", now);
            }
            else if (entry.Phase is LeasePhase.Held or LeasePhase.Finishing && !hosts.ContainsKey(entry.Lease.Host) && now - entry.Since > limits.SilentHostAfter)
            {
                // Its holder speaks of it, or an earlier activation did; its host never has, to this one.
                Remove(entry, "its host is gone", now);
            }
        }

        // Of a sweep that comes back later, the request's own age counts.
        var waiting = queue.Sweeps.Keys.Select(k => k.Sweep).ToHashSet(StringComparer.Ordinal);
        lastHeld.Keys.Where(s => !waiting.Contains(s)).ToList().ForEach(s => lastHeld.Remove(s));
    }

    /// <summary>Devices, leases and queue for people.</summary>
    public PoolSnapshot Describe(TimeSpan now) => Describe(now, Order(now));

    private PoolSnapshot Describe(TimeSpan now, Standing order) => new(
        Epoch,
        [
            .. hosts.Values.OrderBy(h => h.HostName, StringComparer.Ordinal).ThenBy(h => h.Host, StringComparer.Ordinal)
                .Select(h => new HostSnapshot(
                    h.Host,
                    h.HostName,
                    [.. h.Devices.Select(d => d with { OutOfService = WhyOut(h, d) })],
                    (now - h.LastSeen).TotalSeconds,
                    WhyDrained(h),
                    WhyDrained(h) is null ? 0 : Yielding(h.HostName))),
        ],
        [
            .. leases.All.Where(e => e.Phase != LeasePhase.Removing)
                .OrderBy(e => e.Lease.Host, StringComparer.Ordinal).ThenBy(e => e.Lease.Slot, StringComparer.Ordinal)
                .Select(e => new LeaseSnapshot(
                    e.Lease, e.SweepId, StateOf(e.Phase), (now - e.Since).TotalSeconds, e.Share.Team, e.GivesWayTo is { } team ? $"team {team}, whose quota is {Slots(options.Team(team).Quota)}" : null)),
        ],
        [
            .. order.Turns.Select((t, i) => new QueueEntry(t.Waiting.Request.ConfigurationKey, t.Waiting.Request.SweepId, i + 1, WhyWaiting(order, t, i + 1), t.Waiting.Share.Team)),
        ],
        [.. Outages().OrderBy(o => o.HostName, StringComparer.Ordinal).ThenBy(o => o.Device, StringComparer.Ordinal)],
        Teams());

    /// <summary>A silo that starts anew at an address is the end of the one before it there, whatever membership has seen of that.</summary>
    private void TakePlaceOfEarlierLives(string host, TimeSpan now)
    {
        foreach (var before in hosts.Keys.Union(leases.Hosts).Where(h => HostAddress.IsBefore(h, host)).ToList())
        {
            HostDied(before, $"its host started anew as {host}", now);
        }
    }

    private static RequestState StateOf(LeasePhase phase) => phase switch
    {
        LeasePhase.Held => RequestState.Holds,
        LeasePhase.Finishing => RequestState.Finishing,
        _ => RequestState.Offered,
    };

    private static void Reconcile(LeaseEntry entry, long number, HashSet<LeaseToken> running, HashSet<LeaseToken> finishing, TimeSpan now)
    {
        var listedFinishing = finishing.Contains(entry.Lease.Token);
        switch (entry.Phase)
        {
            case LeasePhase.Offered when listedFinishing:
            case LeasePhase.Held when listedFinishing:
                entry.Enter(LeasePhase.Finishing, now);
                break;
            case LeasePhase.Held when number > entry.StartedAtHeartbeat && !running.Contains(entry.Lease.Token):
                Remove(entry, "its host no longer runs it", now);
                break;
            case LeasePhase.Finishing when !listedFinishing && !running.Contains(entry.Lease.Token):
                Remove(entry, "its outcome is acknowledged, or its host no longer has it", now);
                break;
            default:
                break;
        }
    }
}
