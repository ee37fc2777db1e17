namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// The requests that wait, by configuration, and those of each sweep in the order in which it is given slots. So the next of each sweep is known
/// without sorting them anew.
/// </summary>
internal sealed class WaitingQueue
{
    private readonly Dictionary<string, WaitingRequest> byConfiguration = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Team, string Sweep), WaitingSweep> sweeps = [];
    private readonly HashSet<WaitingRequest> alone = [];

    /// <summary>How many.</summary>
    public int Count => byConfiguration.Count;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<WaitingRequest> All => byConfiguration.Values;

    /// <summary>Those that want a device of their own.</summary>
    public IReadOnlyCollection<WaitingRequest> Alone => alone;

    /// <summary>By team and sweep, none of them empty.</summary>
    public IReadOnlyDictionary<(string Team, string Sweep), WaitingSweep> Sweeps => sweeps;

    /// <summary>A configuration's, or null.</summary>
    public WaitingRequest? Find(string configurationKey) => byConfiguration.GetValueOrDefault(configurationKey);

    /// <summary>Puts a request in, in place of the configuration's other.</summary>
    public void Put(WaitingRequest waiting)
    {
        Remove(waiting.Request.ConfigurationKey);
        byConfiguration[waiting.Request.ConfigurationKey] = waiting;
        if (!sweeps.TryGetValue(Key(waiting), out var sweep))
        {
            sweeps[Key(waiting)] = sweep = new();
        }

        sweep.Add(waiting);
        if (waiting.Request.AvoidHosts.Length > 0)
        {
            alone.Add(waiting);
        }
    }

    /// <summary>Takes a configuration's request out, where there is one.</summary>
    public void Remove(string configurationKey)
    {
        if (!byConfiguration.Remove(configurationKey, out var waiting))
        {
            return;
        }

        alone.Remove(waiting);
        var sweep = sweeps[Key(waiting)];
        sweep.Remove(waiting);
        if (sweep.Count == 0)
        {
            sweeps.Remove(Key(waiting));
        }
    }

    private static (string Team, string Sweep) Key(WaitingRequest waiting) => (waiting.Share.Team, waiting.Request.SweepId);
}

/// <summary>The requests of a sweep that wait, those of one team.</summary>
internal sealed class WaitingSweep
{
    private readonly SortedSet<WaitingRequest> inOrder = new(Comparer<WaitingRequest>.Create((a, b) => Place(a).CompareTo(Place(b))));
    private readonly SortedSet<WaitingRequest> byArrival = new(Comparer<WaitingRequest>.Create((a, b) => a.Arrival.CompareTo(b.Arrival)));

    /// <summary>How many.</summary>
    public int Count => inOrder.Count;

    /// <summary>Since when its first has waited, on the pool's clock.</summary>
    public TimeSpan Since => byArrival.Min!.Since;

    /// <summary>In the order in which they are given slots: by priority, then the sweep's own order, then as they came.</summary>
    public IEnumerable<WaitingRequest> InOrder => inOrder;

    /// <summary>Puts one in.</summary>
    public void Add(WaitingRequest waiting)
    {
        inOrder.Add(waiting);
        byArrival.Add(waiting);
    }

    /// <summary>Takes one out.</summary>
    public void Remove(WaitingRequest waiting)
    {
        inOrder.Remove(waiting);
        byArrival.Remove(waiting);
    }

    private static (long Priority, int Order, long Arrival) Place(WaitingRequest waiting) => (-(long)waiting.Request.Priority, waiting.Request.Order, waiting.Arrival);
}
