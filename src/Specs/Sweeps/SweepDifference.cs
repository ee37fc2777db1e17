namespace SmallBatch.Specs.Sweeps;

/// <summary>How a submission relates to the stored sweep of the same name.</summary>
public enum SweepRelation
{
    /// <summary>The same.</summary>
    Same,

    /// <summary>The axes contain the stored ones, there are no fewer replicas, the budget is longer, or the answer is read otherwise; everything else that a result depends on is equal.</summary>
    Extended,

    /// <summary>Something else differs.</summary>
    Different,
}

/// <summary>What differs between a stored sweep and a submission.</summary>
/// <param name="Relation">How they relate.</param>
/// <param name="Differences">What forbids it, each with the stored value as wanted; empty unless different.</param>
public sealed record SweepDifference(SweepRelation Relation, IReadOnlyList<SpecError> Differences)
{
    private static readonly string[] Extensible = ["batchSizes", "baseLearningRates", "replicas", "confirm", "epochs", "updates", "examples"];
    private static readonly string[] Free = ["network", "priority", "team", "weight", "checkpoint"];

    /// <summary>Compares the two; priority, team and weight, checkpoints and the network's name change no result and may differ. Whether its layers do is for the caller to see.</summary>
    public static SweepDifference Between(SweepSpec stored, SweepSpec submitted)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(submitted);
        var was = SweepSpecText.Values(stored).ToDictionary();
        var now = SweepSpecText.Values(submitted).ToDictionary();
        // These change no result: they are stored. Of checkpoints only what is kept is.
        var wider = new HashSet<string> { "delta", "limit", "checkpoint" };
        var free = stored.CheckpointKept == submitted.CheckpointKept ? Free : Free.Except(["checkpoint"]);
        if (stored.BatchSizes.All(submitted.BatchSizes.Contains))
        {
            wider.Add("batchSizes");
        }

        if (stored.BatchSizes.Where(submitted.BatchSizes.Contains).All(m => stored.Rates(m).All(submitted.Rates(m).Contains)))
        {
            wider.Add("baseLearningRates");
        }

        if (Extends(stored.ReplicasUntil, stored.Replicas, submitted.Replicas))
        {
            wider.Add("replicas");
        }

        if (Extends(stored.ConfirmUntil, stored.Confirm, submitted.Confirm))
        {
            wider.Add("confirm");
        }

        if (IsLonger(stored.Budget, submitted.Budget))
        {
            wider.Add(BudgetKey(stored.Budget));
        }

        var differing = was.Keys.Union(now.Keys).Where(k => was.GetValueOrDefault(k) != now.GetValueOrDefault(k)).Except(free).ToList();
        var forbidden = differing.Except(wider)
            .Select(k => new SpecError(k, now.GetValueOrDefault(k, "nothing"), Extensible.Contains(k) && was.TryGetValue(k, out var value) && now.ContainsKey(k) && !value.StartsWith('{')
                ? $"at least the stored sweep's {was[k]}; an extension keeps all of it. Or choose another name"
                : $"the stored sweep's {was.GetValueOrDefault(k, "nothing")}, or another name"))
            .ToList();
        return new(forbidden.Count > 0 ? SweepRelation.Different : differing.Count > 0 ? SweepRelation.Extended : SweepRelation.Same, forbidden);
    }

    /// <summary>Whether a budget is more of the same unit: the shorter one's runs stay, and every cell is trained anew on it.</summary>
    public static bool IsLonger(Budget stored, Budget submitted)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(submitted);
        return submitted.Unit == stored.Unit && submitted.Amount > stored.Amount;
    }

    private static string BudgetKey(Budget budget) => budget.Unit.ToString().ToLowerInvariant();

    /// <summary>A plain number is extended to a larger one, or to a rule that begins with no fewer. Under another rule what the stored one added could be too many.</summary>
    private static bool Extends(NarrowingRule? stored, int was, int now) => stored is null && now >= was;
}
