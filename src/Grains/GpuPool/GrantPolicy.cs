namespace SmallBatch.Grains.GpuPool;

/// <summary>Where a team stands when its turn comes.</summary>
internal enum GrantLevel
{
    /// <summary>It holds less than its quota: before everybody else, whatever their priority.</summary>
    Guaranteed,

    /// <summary>It shares what is left.</summary>
    Shared,

    /// <summary>It holds its limit, and gets nothing.</summary>
    Limited,
}

/// <summary>A request whose turn it is.</summary>
/// <param name="Waiting">The request.</param>
/// <param name="Level">Where its team stands.</param>
/// <param name="Steps">Steps of priority that its sweep has gained by waiting.</param>
internal sealed record GrantTurn(WaitingRequest Waiting, GrantLevel Level, int Steps);

/// <summary>
/// Which waiting request is next, purely: teams below their quota, then priority with what waiting adds, then the team with fewest slots for its
/// weight, then its sweep with fewest for its own, then whoever has waited longest, then the sweep's own order.
/// </summary>
internal static class GrantPolicy
{
    /// <summary>A configuration's place within its sweep: longest first, so that the last to start is a short one.</summary>
    public static int LongestFirst(double predictedSeconds) => (int)Math.Clamp(-predictedSeconds * 10, int.MinValue + 1, 0);

    /// <summary>Where a team stands that holds so many slots.</summary>
    public static GrantLevel Level(TeamOptions team, int held) => held < team.Quota ? GrantLevel.Guaranteed : held >= team.Limit ? GrantLevel.Limited : GrantLevel.Shared;

    /// <summary>All of them, in the order in which slots that fit each would be granted.</summary>
    public static IReadOnlyList<GrantTurn> Order(WaitingQueue waiting, Holdings held, GpuPoolOptions options, TimeSpan now)
    {
        var ordered = new List<GrantTurn>();
        var turns = new GrantTurns(waiting, held, options, now);
        while (turns.Next() is { } turn)
        {
            ordered.Add(turn);
            turns.Granted();
        }

        return ordered;
    }
}
