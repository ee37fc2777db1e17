namespace SmallBatch.Specs.Sweeps;

/// <summary>What a budget counts.</summary>
public enum BudgetUnit
{
    /// <summary>Passes over the training set: the same gradients for every m (the paper's choice).</summary>
    Epochs,

    /// <summary>Updates of the weights: the same for every m, so that a large m sees more images.</summary>
    Updates,

    /// <summary>Images trained on, rounded up to whole batches.</summary>
    Examples,
}

/// <summary>How long each run trains.</summary>
/// <param name="Unit">What is counted.</param>
/// <param name="Amount">How many, at least 1.</param>
public sealed record Budget(BudgetUnit Unit, long Amount)
{
    /// <summary><c>82 epochs</c>, <c>1 epoch</c>.</summary>
    public override string ToString()
    {
        var unit = Unit.ToString().ToLowerInvariant();
        return FormattableString.Invariant($"{Amount} {(Amount == 1 ? unit[..^1] : unit)}");
    }
}
