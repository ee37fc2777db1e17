namespace SmallBatch.Specs.Sweeps;

/// <summary>Which η̃ of a batch size go on after a rung.</summary>
public enum SearchKind
{
    /// <summary>The best of them.</summary>
    Halving,

    /// <summary>All that train.</summary>
    Prune,
}

/// <summary>
/// Every η̃ of a batch size trains on a shorter budget first, and only some go on to a longer one. A rung runs the whole schedule at
/// its own budget.
/// </summary>
/// <param name="Kind">Which go on.</param>
/// <param name="Rungs">Shorter budgets before the whole one, 1 to 8.</param>
/// <param name="Factor">Of a budget to the one before it, and of the η̃ that halving leaves, 2 to 64.</param>
public sealed record SearchRule(SearchKind Kind, int Rungs, int Factor)
{
    /// <summary>Two rungs, at a ninth and a third of the budget.</summary>
    public static SearchRule Halving { get; } = new(SearchKind.Halving, 2, 3);

    /// <summary>One rung, at an eighth of the budget.</summary>
    public static SearchRule Prune { get; } = new(SearchKind.Prune, 1, 8);

    /// <summary>By how much the first rung's budget is shorter than the whole.</summary>
    public long Shortest => (long)Math.Pow(Factor, Rungs);

    /// <summary>The budget of a rung, from 1, or the whole one after the last.</summary>
    public Budget Budget(Budget whole, int rung)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return rung > Rungs ? whole : whole with { Amount = Math.Max(1, (long)Math.Round(whole.Amount / Math.Pow(Factor, Rungs - rung + 1), MidpointRounding.AwayFromZero)) };
    }
}
