namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// The leases by configuration, and what is often asked of them kept beside: those of a host, those whose row or phase has still to follow, and who
/// holds how many slots. So what a heartbeat or a grant costs follows what it changes, not how many leases there are.
/// </summary>
/// <param name="changed">Called after a lease was put in or taken out, or its phase, row or team changed.</param>
internal sealed class LeaseIndex(Action<LeaseEntry> changed)
{
    private readonly Dictionary<string, LeaseEntry> byConfiguration = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<LeaseEntry>> byHost = new(StringComparer.Ordinal);
    private readonly HashSet<LeaseEntry> unsettled = [];
    private readonly Dictionary<LeaseEntry, string> occupying = [];
    private readonly Dictionary<string, int> teams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Team, string Sweep), int> sweeps = [];

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<LeaseEntry> All => byConfiguration.Values;

    /// <summary>Hosts that leases are on.</summary>
    public IReadOnlyCollection<string> Hosts => byHost.Keys;

    /// <summary>Those whose row is not as it ought to be or is being written, or whose next phase waits for that.</summary>
    public IReadOnlyCollection<LeaseEntry> Unsettled => unsettled;

    /// <summary>Slots that are held, by team.</summary>
    public IReadOnlyDictionary<string, int> Teams => teams;

    /// <summary>Slots that are held, by team and sweep.</summary>
    public IReadOnlyDictionary<(string Team, string Sweep), int> Sweeps => sweeps;

    /// <summary>A configuration's, or null.</summary>
    public LeaseEntry? Find(string configurationKey) => byConfiguration.GetValueOrDefault(configurationKey);

    /// <summary>Those of a host.</summary>
    public IReadOnlyCollection<LeaseEntry> OfHost(string host) => byHost.TryGetValue(host, out var leases) ? leases : [];

    /// <summary>Puts a lease in, in place of the configuration's other.</summary>
    public void Put(LeaseEntry entry)
    {
        if (Find(entry.Lease.ConfigurationKey) is { } other)
        {
            Remove(other);
        }

        byConfiguration[entry.Lease.ConfigurationKey] = entry;
        if (!byHost.TryGetValue(entry.Lease.Host, out var ofHost))
        {
            byHost[entry.Lease.Host] = ofHost = [];
        }

        ofHost.Add(entry);
        entry.Changed = () => Follow(entry);
        Follow(entry);
    }

    /// <summary>Takes a lease out.</summary>
    public void Remove(LeaseEntry entry)
    {
        entry.Changed = null;
        byConfiguration.Remove(entry.Lease.ConfigurationKey);
        unsettled.Remove(entry);
        Count(entry, null);
        var ofHost = byHost[entry.Lease.Host];
        ofHost.Remove(entry);
        if (ofHost.Count == 0)
        {
            byHost.Remove(entry.Lease.Host);
        }

        changed(entry);
    }

    private void Follow(LeaseEntry entry)
    {
        if (entry.IsSettled)
        {
            unsettled.Remove(entry);
        }
        else
        {
            unsettled.Add(entry);
        }

        Count(entry, entry.OccupiesSlot ? entry.Share.Team : null);
        changed(entry);
    }

    /// <summary>Counts the slot of a lease for that team, or for none.</summary>
    private void Count(LeaseEntry entry, string? team)
    {
        var before = occupying.GetValueOrDefault(entry);
        if (before == team)
        {
            return;
        }

        if (before is not null)
        {
            occupying.Remove(entry);
            Add(teams, before, -1);
            Add(sweeps, (before, entry.SweepId), -1);
        }

        if (team is not null)
        {
            occupying[entry] = team;
            Add(teams, team, 1);
            Add(sweeps, (team, entry.SweepId), 1);
        }
    }

    private static void Add<T>(Dictionary<T, int> counts, T key, int change)
        where T : notnull
    {
        var count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }
}
