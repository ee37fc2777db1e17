namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// Which of a sweep's configurations have ended, as far as it has heard, and which come next. Each change and question costs what it is about, however many
/// configurations there are; only a new plan or listing goes through them all.
/// </summary>
internal sealed class SweepProgress
{
    private readonly HashSet<string> ended = new(StringComparer.Ordinal);
    private Dictionary<string, SweepConfiguration> byKey = new(StringComparer.Ordinal);
    private SweepConfiguration[] longestFirst = [];
    private int passed;

    /// <summary>Keys of those that have ended; also of those that are not planned any more.</summary>
    public ISet<string> Ended => ended;

    /// <summary>Planned configurations that have not ended.</summary>
    public int Left { get; private set; }

    /// <summary>Planned configurations that have ended.</summary>
    public int Done => longestFirst.Length - Left;

    /// <summary>Those that have not ended, the longest first: the last to start should be a short one.</summary>
    public IEnumerable<SweepConfiguration> Next => longestFirst.Skip(passed).Where(c => !ended.Contains(c.Planned.Key));

    /// <summary>The one of that key where it has not ended, else null.</summary>
    public SweepConfiguration? Unended(string key) => ended.Contains(key) ? null : byKey.GetValueOrDefault(key);

    /// <summary>These are planned from now on.</summary>
    public void Plan(IReadOnlyList<SweepConfiguration> configurations)
    {
        byKey = configurations.ToDictionary(c => c.Planned.Key, StringComparer.Ordinal);
        longestFirst = [.. configurations.OrderByDescending(c => c.Planned.PredictedSeconds)];
        Recount();
    }

    /// <summary>One has ended; again changes nothing.</summary>
    public void End(string key)
    {
        if (ended.Add(key) && byKey.ContainsKey(key))
        {
            Left--;
            Pass();
        }
    }

    /// <summary>A fresh listing: these have ended and no others.</summary>
    public void Listed(IEnumerable<string> keys)
    {
        ended.Clear();
        ended.UnionWith(keys);
        Recount();
    }

    private void Recount()
    {
        passed = 0;
        Left = longestFirst.Count(c => !ended.Contains(c.Planned.Key));
        Pass();
    }

    private void Pass()
    {
        while (passed < longestFirst.Length && ended.Contains(longestFirst[passed].Planned.Key))
        {
            passed++;
        }
    }
}
