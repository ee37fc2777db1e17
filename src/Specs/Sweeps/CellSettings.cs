using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Sweeps;

/// <summary>From a specification to the settings of one cell: fractions become updates, rules become numbers.</summary>
internal static class CellSettings
{
    /// <summary>The settings of one cell, within the grid or not.</summary>
    public static TrainingSettings Of(SweepSpec spec, NetworkSpec network, DatasetIdentity dataset, int numericsVersion, int batchSize, BaseLearningRate rate)
    {
        int? epochs = spec.Budget.Unit == BudgetUnit.Epochs ? (int)spec.Budget.Amount : null;
        var validation = spec.ValidationImages(dataset.TrainImages);
        var images = dataset.TrainImages - (validation ?? 0);
        long? updates = spec.Budget.Unit switch
        {
            BudgetUnit.Updates => spec.Budget.Amount,
            BudgetUnit.Examples => Examples(spec.Budget.Amount, images, batchSize),
            _ => null,
        };
        var growth = Growth(spec, batchSize);
        var plan = new EpochPlan(images, batchSize, growth, epochs, updates);
        return new()
        {
            NumericsVersion = numericsVersion,
            Dataset = dataset,
            ValidationImages = validation,
            NetworkText = network.CanonicalText,
            BatchNorm = spec.BatchNorm,
            GroupNorm = spec.GroupNorm,
            BatchNormMomentum = spec.BatchNormMomentum,
            BatchSize = batchSize,
            Growth = growth,
            MicroBatchSize = spec.MicroBatches?.Size(batchSize),
            BaseLearningRate = rate,
            EpochBudget = epochs,
            UpdateBudget = updates,
            Drops = [.. spec.Drops.Fractions.Select(f => At(f, plan)).Concat(spec.Drops.Epochs.Select(plan.EpochEnd))],
            DropFactor = spec.Drops.Factor,
            WarmupUpdates = spec.Warmup is { } warmup ? At(warmup.Fraction, plan) : 0,
            WarmupFrom = spec.Warmup?.From ?? 1,
            Optimizer = spec.Optimizer,
            WeightDecay = spec.WeightDecay,
            Augment = spec.Augment,
            Precision = spec.Precision,
            UpdateVariance = spec.UpdateVariance is { } variance ? Variance(variance, spec, images, plan) : null,
            Seed = spec.Seed,
        };
    }

    private static long At(double fraction, EpochPlan plan) => (long)Math.Round(fraction * plan.Updates, MidpointRounding.AwayFromZero);

    /// <summary>The fewest updates that train on so many images.</summary>
    private static long Examples(long examples, int images, int batchSize)
    {
        var (epochs, rest) = Math.DivRem(examples, images);
        return (epochs * ((images + (long)batchSize - 1) / batchSize)) + ((rest + batchSize - 1) / batchSize);
    }

    private static BatchGrowth[] Growth(SweepSpec spec, int batchSize)
    {
        var size = batchSize;
        return [.. spec.BatchGrowth.Select(g => new BatchGrowth((int)Math.Round(g.At * spec.Budget.Amount, MidpointRounding.AwayFromZero), size *= g.Factor))];
    }

    private static UpdateVarianceSettings Variance(UpdateVarianceSpec variance, SweepSpec spec, int images, EpochPlan plan) => new(
        [.. variance.At.Select(f => At(f, plan)).Distinct()],
        variance.Batches,
        variance.BatchSizes.Count > 0 ? variance.BatchSizes : [.. spec.BatchSizes.Where(m => 2 * m <= images)]);
}
