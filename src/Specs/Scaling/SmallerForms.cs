using System.Numerics;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Scaling;

/// <summary>
/// The smaller forms of a specification, each cheaper than the one before: in every round of <see cref="Floors"/> first
/// fewer seeds, then thinner axes, then a shorter budget, then fewer images, then smaller ones. A pure function.
/// </summary>
internal static class SmallerForms
{
    /// <summary>Updates that an epoch of the largest batch has at least; larger batch sizes go with the images.</summary>
    private const int LeastUpdatesAnEpoch = 4;

    /// <summary>Values that thinning leaves on an axis at least.</summary>
    private const int LeastAxisPoints = 4;

    /// <summary>A budget in which the batch grows keeps so many epochs, at whose ends it does.</summary>
    private const int LeastEpochsOfGrowth = 4;

    private static readonly Func<Form, Floors, Form?>[] Rules = [FewerSeeds, FewerRates, FewerBatchSizes, ShorterBudget, FewerImages, SmallerImages];

    /// <summary>All of them, for the dataset as the specification takes it.</summary>
    public static IEnumerable<(SweepSpec Spec, DatasetIdentity Dataset)> Of(SweepSpec spec, DatasetIdentity dataset)
    {
        var form = new Form(spec, dataset);
        foreach (var floors in Floors.Rounds)
        {
            foreach (var rule in Rules)
            {
                while (rule(form, floors) is { } smaller)
                {
                    form = smaller;
                    yield return (form.Spec, form.Dataset);
                }
            }
        }
    }

    private static Form? FewerSeeds(Form form, Floors floors)
    {
        var spec = form.Spec;
        var fewer = spec with
        {
            Replicas = Math.Min(spec.Replicas, floors.Seeds),
            ReplicasUntil = null,
            Confirm = Math.Min(spec.Confirm, floors.Seeds),
            ConfirmUntil = null,
        };
        return fewer == spec ? null : form with { Spec = fewer };
    }

    private static Form? FewerRates(Form form, Floors _) =>
        Thinned(form.Spec.BaseLearningRates) is { } rates ? form with { Spec = form.Spec with { BaseLearningRates = rates } } : null;

    private static Form? FewerBatchSizes(Form form, Floors _) =>
        Thinned(form.Spec.BatchSizes) is { } sizes ? form with { Spec = form.Spec with { BatchSizes = sizes } } : null;

    /// <summary>Every second value from the first on.</summary>
    private static List<T>? Thinned<T>(IReadOnlyList<T> axis) =>
        (axis.Count + 1) / 2 >= LeastAxisPoints ? [.. axis.Where((_, i) => i % 2 == 0)] : null;

    private static Form? ShorterBudget(Form form, Floors floors)
    {
        var (spec, n) = form;
        var epochs = spec.BatchGrowth.Count > 0 ? Math.Max(floors.Epochs, LeastEpochsOfGrowth) : floors.Epochs;
        var least = spec.Budget.Unit switch
        {
            BudgetUnit.Epochs => epochs,
            BudgetUnit.Examples => (long)epochs * n.TrainImages,
            _ => (long)epochs * ((n.TrainImages + spec.BatchSizes[^1] - 1) / spec.BatchSizes[^1]),
        };
        return spec.Budget.Amount <= least ? null : form with
        {
            Spec = spec with { Budget = spec.Budget with { Amount = Math.Max(least, spec.Budget.Amount / 2) }, Drops = InFractions(spec) },
        };
    }

    /// <summary>Drops at epochs become the same fractions of a shorter budget.</summary>
    private static DropSchedule InFractions(SweepSpec spec) => spec.Drops.Epochs.Count == 0 || spec.Budget.Unit != BudgetUnit.Epochs
        ? spec.Drops
        : spec.Drops with { Fractions = [.. spec.Drops.Epochs.Select(e => Math.Round(e / (double)spec.Budget.Amount, 6))], Epochs = [] };

    /// <summary>The next smaller power of two, which every batch size that is one divides, and test images in the same proportion.</summary>
    private static Form? FewerImages(Form form, Floors floors)
    {
        var (spec, dataset) = form;
        var train = PowerOfTwoBelow(dataset.TrainImages);
        var growth = spec.BatchGrowth.Aggregate(1L, (product, step) => product * step.Factor);
        List<int> sizes = [.. spec.BatchSizes.Where(m => m * growth * LeastUpdatesAnEpoch <= train)];
        if (train < floors.TrainImages || sizes.Count == 0)
        {
            return null;
        }

        var test = Math.Min(dataset.TestImages, Math.Max(floors.TestImages, (int)((long)dataset.TestImages * train / dataset.TrainImages)));
        return Taking(form with { Spec = spec with { BatchSizes = sizes, UpdateVariance = Measurable(spec.UpdateVariance, train) } }, spec.Dataset with { TrainImages = train, TestImages = test });
    }

    private static UpdateVarianceSpec? Measurable(UpdateVarianceSpec? variance, int images) =>
        variance is null ? null : variance with { BatchSizes = [.. variance.BatchSizes.Where(m => 2 * m <= images)] };

    /// <summary>The next smaller power of two of the crop's side, which halves as often as networks do.</summary>
    private static Form? SmallerImages(Form form, Floors floors) =>
        form.Spec.Dataset.Kind is "imagenet" or "folder" && PowerOfTwoBelow(form.Dataset.Height) is var side && side >= floors.Side
            ? Taking(form, form.Spec.Dataset with { Crop = side })
            : null;

    private static int PowerOfTwoBelow(int number) => (int)BitOperations.RoundUpToPowerOf2((uint)number) / 2;

    private static Form Taking(Form form, DatasetSpec wanted)
    {
        var dataset = wanted.Kind == "synthetic"
            ? SyntheticDataset.Identity(wanted.TrainImages!.Value, wanted.TestImages!.Value)
            : (form.Dataset.Whole() with { Height = wanted.Crop ?? form.Dataset.Height, Width = wanted.Crop ?? form.Dataset.Width }).Part(wanted.TrainImages, wanted.TestImages).Value!;
        return new(form.Spec with { Dataset = wanted }, dataset);
    }

    private sealed record Form(SweepSpec Spec, DatasetIdentity Dataset);
}
