using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>The queue for people: in which order slots will be granted, and what each request waits for.</summary>
internal sealed partial class PoolBook
{
    /// <summary>Teams that have settings, hold a slot or wait for one.</summary>
    private TeamSnapshot[] Teams()
    {
        var held = Held();
        var waiting = queue.Values.GroupBy(w => w.Share.Team, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        return
        [
            .. options.Teams.Keys.Union(held.Teams.Keys).Union(waiting.Keys).Order(StringComparer.Ordinal).Select(name => (Name: name, Team: options.Team(name)))
                .Select(t => new TeamSnapshot(t.Name, t.Team.Weight, t.Team.Quota, t.Team.Limit, held.Teams.GetValueOrDefault(t.Name), waiting.GetValueOrDefault(t.Name))),
        ];
    }

    private Standing Order(TimeSpan now)
    {
        var held = Held();
        var turns = GrantPolicy.Order(queue.Values, held, options, now);
        return new(turns, held, [.. turns.Where(t => t.Level == GrantLevel.Guaranteed).Select(t => (t.Waiting.Share.Team, t.Waiting.Request.NumericsClass)).Distinct()]);
    }

    private string WhyWaiting(Standing order, int position)
    {
        var turn = order.Turns[position - 1];
        var request = turn.Waiting.Request;
        var devices = hosts.Values.SelectMany(h => h.Devices.Select(d => (Host: h, Device: d))).Where(d => d.Device.NumericsClass == request.NumericsClass).ToList();
        var inService = devices.Where(d => IsInService(d.Host, d.Device)).ToList();
        return WaitsFor(turn.Waiting, order.Held) switch
        {
            WaitReason.Host => "no host has reported to the pool yet",
            WaitReason.OutOfService =>
                $"every device of numerics class {request.NumericsClass} is out of service: {string.Join("; ", devices.Select(d => $"{d.Device.Id} of {d.Host.HostName}: {WhyDrained(d.Host) ?? WhyOut(d.Host, d.Device)}"))}",
            WaitReason.Class => $"no slot of numerics class {request.NumericsClass}; on offer: {string.Join(", ", NumericsClasses().DefaultIfEmpty("none"))}",
            WaitReason.Limit => $"place {position} in the queue: its team {turn.Waiting.Share.Team} holds its limit of {Slots(options.Team(turn.Waiting.Share.Team).Limit!.Value)}",
            WaitReason.Slot => $"place {position} in the queue for {Slots(inService.Sum(d => d.Device.Slots.Length))}{WhoseTurn(turn, order)}",
            _ => $"place {position} in the queue for a device of its own{(inService.Any(d => !PlacementPolicy.Avoids(request, d.Host.Host)) ? " on another host" : "")}: its trainer died {request.AvoidHosts.Length} times",
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
    private sealed record Standing(IReadOnlyList<GrantTurn> Turns, Holdings Held, IReadOnlyList<(string Team, string NumericsClass)> Owed);

    private static string Slots(int count) => $"{count} slot{(count == 1 ? "" : "s")}";
}
