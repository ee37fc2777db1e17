using SmallBatch.Specs.Settings;

namespace SmallBatch.Bench.Oracle;

/// <summary>One way to train.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Optimizer">From gradients to updates.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="Rate">η of replica 0; replica 1 has 1.5 times that.</param>
/// <param name="Part">Images of one forward and backward pass.</param>
/// <param name="LastBatch">Images of every third batch, the last of an epoch; all others have <see cref="Batch"/>.</param>
/// <param name="Scheduled">Whether the rate warms up over the first fifth of the steps and drops tenfold at the half and at four fifths.</param>
internal sealed record Setting(
    string Name,
    OptimizerSettings Optimizer,
    double WeightDecay = 0,
    double Rate = Setting.SgdRate,
    int Part = Setting.Batch,
    int LastBatch = Setting.Batch,
    bool Scheduled = false)
{
    /// <summary>Images of a whole batch.</summary>
    public const int Batch = 8;

    private const double SgdRate = 1.0 / 256;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("plain", OptimizerSettings.Plain),
        new("weight-decay", OptimizerSettings.Plain, WeightDecay: 0.01),
        new("momentum", new(OptimizerKind.Sgd, Momentum: 0.9), WeightDecay: 0.001, Rate: SgdRate / 4),
        new("nesterov", new(OptimizerKind.Sgd, Momentum: 0.9, Nesterov: true), WeightDecay: 0.001, Rate: SgdRate / 4),
        new("adamw", new(OptimizerKind.AdamW), WeightDecay: 0.01, Rate: 1.0 / 8192),
        new("warm-up-drops", OptimizerSettings.Plain, Scheduled: true),
        new("parts", OptimizerSettings.Plain, Rate: SgdRate / 64, Part: 4, LastBatch: 7),
        new("last-batch", OptimizerSettings.Plain, LastBatch: 5),
    ];

    /// <summary>Images of a step's batch; steps count from 0.</summary>
    public int Images(int step) => step % 3 == 2 ? LastBatch : Batch;

    /// <summary>η of a step, of so many.</summary>
    public double RateAt(int step, int steps, int replica)
    {
        var rate = Rate * (1 + (0.5 * replica));
        var warmup = steps / 5;
        return !Scheduled ? rate
            : step < warmup ? rate * (0.1 + (0.9 * step / warmup))
            : rate * (step < steps / 2 ? 1 : step < steps * 4 / 5 ? 0.1 : 0.01);
    }
}
