using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>The queue for people: in which order slots will be granted, and what each request waits for.</summary>
internal sealed partial class PoolBook
{
    /// <summary>For whoever asks, the order is drawn up anew once this part of the queue has changed: exact while the queue is short, and never the work of a whole queue for each request.</summary>
    private const int OrderChangesBy = 16;

    private Standing? lastOrder;
    private TimeSpan orderedAt;
    private int changesSinceOrder;

    /// <summary>Lets a request wait, in the place that it has where it waits already.</summary>
    private void Wait(LeaseRequest request, TimeSpan now)
    {
        var before = queue.Find(request.ConfigurationKey);
        if (before is not null && IsSame(before.Request, request))
        {
            return;
        }

        queue.Put(before is not null ? before with { Request = request } : new(request, ++arrivals, now));
        OrderChanged();
    }

    private void Leave(string configurationKey)
    {
        queue.Remove(configurationKey);
        OrderChanged();
    }

    private static bool IsSame(LeaseRequest one, LeaseRequest other) =>
        one.AvoidHosts.SequenceEqual(other.AvoidHosts) && one with { AvoidHosts = [] } == other with { AvoidHosts = [] };

    private void OrderChanged()
    {
        scheduleIsDue = true;
        changesSinceOrder++;
    }

    /// <summary>Teams that have settings, hold a slot or wait for one.</summary>
    private TeamSnapshot[] Teams()
    {
        var held = Held();
        var waiting = queue.Sweeps.GroupBy(s => s.Key.Team, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(s => s.Value.Count), StringComparer.Ordinal);
        return
        [
            .. options.Teams.Keys.Union(held.Teams.Keys).Union(waiting.Keys).Order(StringComparer.Ordinal).Select(name => (Name: name, Team: options.Team(name)))
                .Select(t => new TeamSnapshot(t.Name, t.Team.Weight, t.Team.Quota, t.Team.Limit, held.Teams.GetValueOrDefault(t.Name), waiting.GetValueOrDefault(t.Name))),
        ];
    }

    /// <summary>The order as it is now.</summary>
    private Standing Order(TimeSpan now)
    {
        if (lastOrder is null || changesSinceOrder > 0 || now - orderedAt >= options.TickPeriod)
        {
            var held = Held();
            var turns = GrantPolicy.Order(queue, held, options, now);
            lastOrder = new(turns, held, [.. turns.Where(t => t.Level == GrantLevel.Guaranteed).Select(t => (t.Waiting.Share.Team, t.Waiting.Request.NumericsClass)).Distinct()]);
            (orderedAt, changesSinceOrder) = (now, 0);
        }

        return lastOrder;
    }

    /// <summary>The order as it was not long ago.</summary>
    private Standing RecentOrder(TimeSpan now) =>
        lastOrder is not null && changesSinceOrder <= lastOrder.Turns.Count / OrderChangesBy && now - orderedAt < options.TickPeriod ? lastOrder : Order(now);

    /// <summary>Turn and place of one that waits: as it was not long ago, or the last, where it came since.</summary>
    private (GrantTurn Turn, int Position) Place(string configurationKey, TimeSpan now)
    {
        var recent = RecentOrder(now);
        if (recent.Places.TryGetValue(configurationKey, out var place))
        {
            return (recent.Turns[place], place + 1);
        }

        var waiting = queue.Find(configurationKey)!;
        return (new(waiting, GrantPolicy.Level(options.Team(waiting.Share.Team), recent.Held.Teams.GetValueOrDefault(waiting.Share.Team)), 0), queue.Count);
    }

    private string WhyWaiting(Standing order, GrantTurn turn, int position)
    {
        var request = turn.Waiting.Request;
        var ofClass = OfClass(request.NumericsClass);
        return WaitsFor(turn.Waiting, order.Held) switch
        {
            WaitReason.Host => "no host has reported to the pool yet",
            WaitReason.OutOfService =>
                $"every device of numerics class {request.NumericsClass} is out of service: {string.Join("; ", ofClass.All.Select(d => $"{d.Device.Id} of {d.Host.HostName}: {WhyDrained(d.Host) ?? WhyOut(d.Host, d.Device)}"))}",
            WaitReason.Class => $"no slot of numerics class {request.NumericsClass}; on offer: {string.Join(", ", NumericsClasses().DefaultIfEmpty("none"))}",
            WaitReason.Limit => $"place {position} in the queue: its team {turn.Waiting.Share.Team} holds its limit of {Slots(options.Team(turn.Waiting.Share.Team).Limit!.Value)}",
            WaitReason.Slot => $"place {position} in the queue for {Slots(ofClass.Slots)}{WhoseTurn(turn, order)}",
            _ => $"place {position} in the queue for a device of its own{(ofClass.InService.Any(d => !PlacementPolicy.Avoids(request, d.Host.Host)) ? " on another host" : "")}: its trainer died {request.AvoidHosts.Length} times",
        };
    }

    /// <summary>What its place comes from, where that is more than priority and equal shares.</summary>
    private string WhoseTurn(GrantTurn turn, Standing order)
    {
        var own = turn.Waiting.Share.Team;
        var before = order.Owed.Where(o => o.Team != own && o.NumericsClass == turn.Waiting.Request.NumericsClass).Select(o => o.Team).ToList();
        var team = turn.Level switch
        {
            GrantLevel.Guaranteed => $"; its team {own} {Quota(own)}",
            GrantLevel.Limited => $"; its team {own} may hold {Slots(options.Team(own).Limit!.Value)} at most",
            _ => before.Count > 0 ? $", behind team {string.Join(" and team ", before.Select(t => $"{t}, which {Quota(t)}"))}" : "",
        };
        return turn.Steps == 0 ? team : $"{team}; its priority counts {turn.Steps} more, since its sweep has waited so long";

        string Quota(string name) => $"holds {order.Held.Teams.GetValueOrDefault(name)} of its quota of {Slots(options.Team(name).Quota)}";
    }

    /// <summary>Who is when on, by whose slots, and the teams whose quota is owed them, by class.</summary>
    private sealed record Standing(IReadOnlyList<GrantTurn> Turns, Holdings Held, IReadOnlyList<(string Team, string NumericsClass)> Owed)
    {
        /// <summary>The index of each configuration's turn.</summary>
        public Dictionary<string, int> Places { get; } =
            Turns.Select((t, i) => (t.Waiting.Request.ConfigurationKey, Index: i)).ToDictionary(t => t.ConfigurationKey, t => t.Index, StringComparer.Ordinal);
    }

    private static string Slots(int count) => $"{count} slot{(count == 1 ? "" : "s")}";
}
