namespace SmallBatch.Contracts.Sweeps;

/// <summary>Ids of sweeps: <c>{name}-{eight digits}</c>, so that a name submitted anew after its deletion is another sweep.</summary>
public static class SweepIds
{
    /// <summary>The name of a sweep of that id.</summary>
    public static string NameOf(string sweepId)
    {
        ArgumentNullException.ThrowIfNull(sweepId);
        return sweepId[..sweepId.LastIndexOf('-')];
    }
}
