namespace SmallBatch.Specs.Settings;

/// <summary>Which rule turns gradients into updates.</summary>
public enum OptimizerKind
{
    /// <summary>w ← w − η·v with v ← momentum·v + g; plain where momentum is 0, as in every experiment of the paper.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019). That its η is η̃·m is a convention.</summary>
    AdamW,
}

/// <summary>The optimiser and its constants; those of the other kind are not looked at.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Momentum">SGD's momentum, 0 to below 1.</param>
/// <param name="Nesterov">Whether SGD looks ahead (Nesterov): g + momentum·v in the place of v.</param>
/// <param name="Beta1">AdamW's decay of the first moment.</param>
/// <param name="Beta2">AdamW's decay of the second moment.</param>
/// <param name="Epsilon">AdamW's ε, beside the root of the second moment.</param>
public sealed record OptimizerSettings(
    OptimizerKind Kind,
    double Momentum = 0,
    bool Nesterov = false,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8)
{
    /// <summary>Plain SGD.</summary>
    public static OptimizerSettings Plain { get; } = new(OptimizerKind.Sgd);

    /// <summary>Tensors of state beside each parameter.</summary>
    public int StatesPerParameter => Kind == OptimizerKind.AdamW ? 2 : Momentum > 0 ? 1 : 0;
}
