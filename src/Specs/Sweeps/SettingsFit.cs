using System.Globalization;
using SmallBatch.Specs.Datasets;

namespace SmallBatch.Specs.Sweeps;

/// <summary>What of a specification does not fit its images, or itself.</summary>
internal static class SettingsFit
{
    /// <summary>Every batch size, budget and part that does not fit.</summary>
    public static IEnumerable<SpecError> Check(SweepSpec spec, DatasetIdentity images)
    {
        var n = images.TrainImages - (spec.ValidationImages(images.TrainImages) ?? 0);
        if (spec.ValidationImages(images.TrainImages) is { } kept && kept < images.Classes)
        {
            yield return new("selectOn.validation", $"{kept} of {images.TrainImages} training images", $"at least one for each of the {images.Classes} classes");
        }

        foreach (var m in spec.BatchSizes.Where(m => m > n))
        {
            yield return new("batchSizes", $"{m}", $"at most the {n} training images of {images.Kind}");
        }

        foreach (var m in spec.BatchSizes.Where(m => spec.MicroBatches?.Fits(m) == false))
        {
            var parts = spec.MicroBatches!;
            yield return new(Key(parts), $"{parts.Number}, which does not divide the batch size {m}", "a divisor of every batch size; split the sweep where they need different ones");
        }

        var most = spec.BatchGrowth.Aggregate(1L, (product, step) => product * step.Factor);
        foreach (var m in spec.BatchSizes.Where(m => m * most > n && m <= n && most > 1))
        {
            yield return new("batchGrowth", $"{m} growing to {m * most}", $"at most the {n} training images of {images.Kind}");
        }

        if (spec.BatchGrowth.Count > 0 && spec.Budget.Unit != BudgetUnit.Epochs)
        {
            yield return new("batchGrowth", $"a budget of {spec.Budget}", "a budget in epochs, at whose ends the batch grows");
        }

        foreach (var late in spec.Drops.Epochs.Where(e => spec.Budget.Unit == BudgetUnit.Epochs && e >= spec.Budget.Amount))
        {
            yield return new("schedule.dropAtEpochs", late.ToString(CultureInfo.InvariantCulture), $"fewer than the {spec.Budget}");
        }

        foreach (var error in CheckSearch(spec))
        {
            yield return error;
        }

        if (spec is { StopWhenDecided: true, Confirm: 0 })
        {
            yield return new("stop", "decided, beside confirm: 0", "fresh seeds, which batch sizes that are ruled out would not train");
        }

        if (spec is { StopWhenDecided: true, Replicas: < 2 })
        {
            yield return new("stop", "decided, beside replicas: 1", "2 replicas or more, which say how far apart is far");
        }

        foreach (var m in spec.UpdateVariance?.BatchSizes.Where(m => 2 * m > n) ?? [])
        {
            yield return new("updateVariance.batchSizes", $"{m}", $"at most half of the {n} training images of {images.Kind}");
        }
    }

    /// <summary>A shortest budget that is none, and drops that cannot be moved to a shorter one.</summary>
    private static IEnumerable<SpecError> CheckSearch(SweepSpec spec)
    {
        if (spec.Search is { } search && spec.Budget.Amount < search.Shortest)
        {
            yield return new("search", $"{search.Rungs} rung{(search.Rungs == 1 ? "" : "s")} of factor {search.Factor} before {spec.Budget}", $"a budget of at least {spec.Budget with { Amount = search.Shortest }}, fewer rungs or a smaller factor");
        }

        if (spec is { Search: not null, Drops.Epochs.Count: > 0, Budget.Unit: not BudgetUnit.Epochs })
        {
            yield return new("schedule.dropAtEpochs", $"beside search and a budget of {spec.Budget}", "dropAt, fractions of all updates, which a shorter budget has too");
        }
    }

    /// <summary>Batches, or parts of one, of a single image, which leave nothing to normalise over.</summary>
    public static IEnumerable<SpecError> CheckLoneImages(SweepSpec spec, DatasetIdentity images)
    {
        var n = images.TrainImages - (spec.ValidationImages(images.TrainImages) ?? 0);
        foreach (var m in spec.BatchSizes)
        {
            var part = spec.MicroBatches?.Size(m) ?? m;
            var sizes = spec.BatchGrowth.Aggregate(new List<int> { m }, (list, step) => [.. list, list[^1] * step.Factor]);
            if (part == 1 || sizes.Any(size => n % size % (part < m ? part : size) == 1))
            {
                yield return new("batchNorm", $"a part of 1 image (m = {m}, N = {n}) normalised over 1 value per channel", "batchNorm: conv or none, groupNorm, or batch sizes that leave at least 2 images");
            }
        }
    }

    private static string Key(MicroBatches parts) => parts.Rule switch
    {
        MicroBatchRule.Size => "batchNormBatchSize",
        MicroBatchRule.Parts => "accumulate",
        _ => "workers.count",
    };
}
