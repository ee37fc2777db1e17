using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Sweeps;

/// <summary>What a user asked for, complete and in range: every default is filled in.</summary>
public sealed record SweepSpec
{
    /// <summary>Points of accuracy within which batch sizes are as good as equal, where nothing else is asked for.</summary>
    public const double DefaultDelta = 0.5;

    /// <summary>Share of the training images that select, where they are asked for and no other share is.</summary>
    public const double DefaultValidation = 0.1;

    /// <summary>The team of a sweep that names none.</summary>
    public const string DefaultTeam = "default";

    /// <summary>Name, 1 to 63 of a–z, 0–9 and '-', beginning with a letter; the sweep's key.</summary>
    public required string Name { get; init; }

    /// <summary>Dataset as asked for.</summary>
    public required DatasetSpec Dataset { get; init; }

    /// <summary>A built-in network's name (<c>resnet8</c>) or a file, as written.</summary>
    public required string Network { get; init; }

    /// <summary>Where batch normalisation stands; default <c>all</c>.</summary>
    public required BatchNormalisation BatchNorm { get; init; }

    /// <summary>Groups of channels of group normalisation, 1 to 1024, or null for batch normalisation.</summary>
    public required int? GroupNorm { get; init; }

    /// <summary>Momentum of the running statistics, in (0, 1], or null for the rule per example.</summary>
    public required double? BatchNormMomentum { get; init; }

    /// <summary>The m axis, ascending, without repeats.</summary>
    public required IReadOnlyList<int> BatchSizes { get; init; }

    /// <summary>The η̃ axis, ascending, without repeats; where each batch size has its own, all of those.</summary>
    public required IReadOnlyList<BaseLearningRate> BaseLearningRates { get; init; }

    /// <summary>Each batch size's own η̃, ascending, or null: every one has the axis. Those that a first stage has still to choose are missing.</summary>
    public required IReadOnlyDictionary<int, IReadOnlyList<BaseLearningRate>>? RatesByBatchSize { get; init; }

    /// <summary>The sweep that chooses them, or null.</summary>
    public required FirstStage? From { get; init; }

    /// <summary>How the η̃ axis depends on m, or null: every m has the same η̃.</summary>
    public required RateScaling? Scaling { get; init; }

    /// <summary>Seeds per cell of the grid, or those that a cell begins with, 1 to 1000; default 5.</summary>
    public required int Replicas { get; init; }

    /// <summary>How many more a cell of the grid may get, or null for none.</summary>
    public required NarrowingRule? ReplicasUntil { get; init; }

    /// <summary>Fresh seeds at each batch size's winner, or those that it begins with, 0 to 1000; default 5.</summary>
    public required int Confirm { get; init; }

    /// <summary>How many more fresh seeds a winner may get, or null for none.</summary>
    public required NarrowingRule? ConfirmUntil { get; init; }

    /// <summary>How long each run trains.</summary>
    public required Budget Budget { get; init; }

    /// <summary>Random crops and flips; default false.</summary>
    public required bool Augment { get; init; }

    /// <summary>λ, 0 to 1; default 0.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>When the learning rate drops.</summary>
    public required DropSchedule Drops { get; init; }

    /// <summary>How the learning rate rises at the beginning, or null for no warm-up.</summary>
    public required Warmup? Warmup { get; init; }

    /// <summary>Where the batch grows in the place of a drop; default nowhere.</summary>
    public required IReadOnlyList<GrowthStep> BatchGrowth { get; init; }

    /// <summary>How a batch is cut into parts that are normalised alone, or null for not at all.</summary>
    public required MicroBatches? MicroBatches { get; init; }

    /// <summary>The optimiser; default plain SGD.</summary>
    public required OptimizerSettings Optimizer { get; init; }

    /// <summary>What products are made with; default 32-bit floats.</summary>
    public required Precision Precision { get; init; }

    /// <summary>How the update's variance is measured, or null.</summary>
    public required UpdateVarianceSpec? UpdateVariance { get; init; }

    /// <summary>How the best η̃ of each batch size is looked for, or null: every cell of the grid trains on the whole budget.</summary>
    public required SearchRule? Search { get; init; }

    /// <summary>Whether batch sizes that the grid alone rules out train no fresh seeds; default false.</summary>
    public required bool StopWhenDecided { get; init; }

    /// <summary>
    /// Share of the training images that are not trained on and select the base learning rates, 0.001 to 0.5, or null: the test
    /// images select.
    /// </summary>
    public required double? ValidationShare { get; init; }

    /// <summary>The practical margin in points of accuracy, 0 to 100: how the answer is read, never what is trained.</summary>
    public required double Delta { get; init; }

    /// <summary>Seed, 0 to 2^53; default 1.</summary>
    public required long Seed { get; init; }

    /// <summary>Priority in the pool, −1000 to 1000; default 0.</summary>
    public required int Priority { get; init; }

    /// <summary>The team that it shares the pool's slots for, a name like its own; default <see cref="DefaultTeam"/>.</summary>
    public string Team { get; init; } = DefaultTeam;

    /// <summary>Its weight among its team's sweeps, 1 to 1000; default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Hours of slots after which it ends with the answer so far, above 0, or null for none.</summary>
    public required double? LimitDeviceHours { get; init; }

    /// <summary>Time between checkpoints; default 60 s.</summary>
    public required TimeSpan CheckpointEvery { get; init; }

    /// <summary>Which checkpoint outlives its run, for a longer budget to begin from; default none.</summary>
    public KeptCheckpoint CheckpointKept { get; init; }

    /// <summary>The η̃ of a batch size, ascending; empty where the first stage has still to choose it.</summary>
    public IReadOnlyList<BaseLearningRate> Rates(int batchSize) => RatesByBatchSize is null ? BaseLearningRates : RatesByBatchSize.GetValueOrDefault(batchSize) ?? [];

    /// <summary>The batch sizes whose η̃ the first stage has still to choose.</summary>
    public IReadOnlyList<int> NotChosen => [.. BatchSizes.Where(m => From is not null && Rates(m).Count == 0)];

    /// <summary>Who chose the η̃, in words: <c>2^-9 at m = 8, 2^-10 at m = 16, chosen by stage-one (stage-one-1f2e3d4c)</c>; null without a first stage.</summary>
    public string? Choice => From is { } from
        ? $"{string.Join(", ", BatchSizes.Except(NotChosen).Select(m => $"{string.Join(" and ", Rates(m))} at m = {m}"))}, chosen by {from.Sweep}{(from.SweepId is { } id ? $" ({id})" : "")}"
        : null;

    /// <summary>How many of so many training images are not trained on and select, or null where the test images select.</summary>
    public int? ValidationImages(int trainImages) =>
        ValidationShare is { } share ? (int)Math.Round(share * trainImages, MidpointRounding.AwayFromZero) : null;
}
