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

    /// <summary>The network's layer list as canonical YAML text (<c>NetworkSpec.CanonicalText</c>).</summary>
    public required string NetworkText { get; init; }

    /// <summary>Where batch normalisation stands.</summary>
    public required BatchNormalisation BatchNorm { get; init; }

    /// <summary>Momentum of the running statistics, or null for 1 − 0.9^(m/128), which decays per example.</summary>
    public required double? BatchNormMomentum { get; init; }

    /// <summary>m, 1 to 65536.</summary>
    public required int BatchSize { get; init; }

    /// <summary>η̃; the optimiser's learning rate with the mean loss is η = η̃·b for a batch of b images.</summary>
    public required BaseLearningRate BaseLearningRate { get; init; }

    /// <summary>Budget, epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>Fractions of all updates at which the learning rate drops, ascending, each in (0, 1).</summary>
    public required IReadOnlyList<double> DropAt { get; init; }

    /// <summary>Factor of each drop, in (0, 1].</summary>
    public required double DropFactor { get; init; }

    /// <summary>L2 coefficient λ in the framework's usual place: gradient of the mean loss + λ·w, on every parameter.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Pad 4, random crop, random horizontal flip.</summary>
    public required bool Augment { get; init; }

    /// <summary>The sweep's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Updates of the whole run: epochs × ⌈N/m⌉, the last partial batch being kept.</summary>
    public long Updates => (long)Epochs * UpdatesPerEpoch;

    /// <summary>Updates of one epoch, ⌈N/m⌉.</summary>
    public int UpdatesPerEpoch => (Dataset.TrainImages + BatchSize - 1) / BatchSize;
}
