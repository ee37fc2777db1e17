using System.Text.Json.Serialization;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Specs.Settings;

/// <summary>Which layers are followed by batch normalisation (paper section 3.3).</summary>
public enum BatchNormalisation
{
    /// <summary>None; convolutions and linear layers carry biases instead.</summary>
    None,

    /// <summary>After convolutions only.</summary>
    Conv,

    /// <summary>After convolutions and hidden linear layers.</summary>
    All,
}

/// <summary>
/// Everything that the result of one replica depends on besides its seed key and the numerics class. Two equal settings
/// have one canonical text and one hash; nothing that does not change the result is in here (replicas, checkpoints, paths).
/// </summary>
public sealed record TrainingSettings
{
    /// <summary>Version of the arithmetic: raised by a release whose results differ.</summary>
    public required int NumericsVersion { get; init; }

    /// <summary>What is trained on.</summary>
    public required DatasetIdentity Dataset { get; init; }

    /// <summary>How many of its training images are not trained on and select instead, or null for none; left out of the text then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ValidationImages { get; init; }

    /// <summary>The network's layer list as canonical YAML text (<c>NetworkSpec.CanonicalText</c>).</summary>
    public required string NetworkText { get; init; }

    /// <summary>Which layers are normalised.</summary>
    public required BatchNormalisation BatchNorm { get; init; }

    /// <summary>Groups of channels of group normalisation, or null for batch normalisation.</summary>
    public required int? GroupNorm { get; init; }

    /// <summary>Momentum of the running statistics, or null for 1 − 0.9^(b/128), b being the images normalised together: it decays per example.</summary>
    public required double? BatchNormMomentum { get; init; }

    /// <summary>m, 1 to 65536.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Where m grows, ascending.</summary>
    public required IReadOnlyList<BatchGrowth> Growth { get; init; }

    /// <summary>
    /// Images of one forward and backward pass, normalised together, where that is not the whole batch; divides m. Ghost batch
    /// normalisation, workers that normalise alone and accumulated gradients are all this.
    /// </summary>
    public required int? MicroBatchSize { get; init; }

    /// <summary>η̃; the optimiser's learning rate with the mean loss is η = η̃·b for a batch of b images.</summary>
    public required BaseLearningRate BaseLearningRate { get; init; }

    /// <summary>Budget, epochs; null where it is in updates.</summary>
    public required int? EpochBudget { get; init; }

    /// <summary>Budget, updates; null where it is in epochs.</summary>
    public required long? UpdateBudget { get; init; }

    /// <summary>Updates after which the learning rate drops, ascending.</summary>
    public required IReadOnlyList<long> Drops { get; init; }

    /// <summary>Factor of each drop, in (0, 1].</summary>
    public required double DropFactor { get; init; }

    /// <summary>Updates over which the learning rate rises linearly to its own value; 0 for no warm-up.</summary>
    public required long WarmupUpdates { get; init; }

    /// <summary>Fraction of the learning rate that the warm-up begins at.</summary>
    public required double WarmupFrom { get; init; }

    /// <summary>From gradients to updates.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>
    /// λ on every parameter: with SGD L2 in the framework's usual place, gradient of the mean loss + λ·w; with AdamW decoupled,
    /// w ← w − η·λ·w.
    /// </summary>
    public required double WeightDecay { get; init; }

    /// <summary>Random crops and flips.</summary>
    public required bool Augment { get; init; }

    /// <summary>What products are made with.</summary>
    public required Precision Precision { get; init; }

    /// <summary>How the variance of the update is measured, or null.</summary>
    public required UpdateVarianceSettings? UpdateVariance { get; init; }

    /// <summary>The sweep's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Which layers are normalised, and how.</summary>
    public Normalisation Normalisation => new(BatchNorm, GroupNorm);

    /// <summary>N, the images that are trained on.</summary>
    public int TrainedImages => Dataset.TrainImages - (ValidationImages ?? 0);

    /// <summary>The images that select, and say whether a replica trained: those kept back, or the test images.</summary>
    public int SelectionImages => ValidationImages ?? Dataset.TestImages;

    /// <summary>Which batch each update takes.</summary>
    public EpochPlan Plan => new(TrainedImages, BatchSize, Growth, EpochBudget, UpdateBudget);

    /// <summary>Updates of the whole run.</summary>
    public long Updates => Plan.Updates;

    /// <summary>Epochs of the whole run, the last perhaps not whole.</summary>
    public int Epochs => Plan.Epochs;
}
