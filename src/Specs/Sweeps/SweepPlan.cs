using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Sweeps;

/// <summary>One cell of the grid.</summary>
/// <param name="Settings">Everything its results depend on.</param>
/// <param name="SettingsHash">Their hash.</param>
public sealed record PlannedCell(TrainingSettings Settings, string SettingsHash)
{
    /// <summary>m.</summary>
    public int BatchSize => Settings.BatchSize;

    /// <summary>η̃.</summary>
    public BaseLearningRate BaseLearningRate => Settings.BaseLearningRate;
}

/// <summary>A specification with its network and dataset: what there is to train.</summary>
public sealed class SweepPlan
{
    /// <summary>Most cells of one sweep; a cluster may allow fewer.</summary>
    public const int MostCells = 100_000;

    private readonly ILookup<int, BaseLearningRate> rates;

    private SweepPlan(SweepSpec spec, NetworkSpec network, NetworkShapes shapes, DatasetIdentity dataset, int numericsVersion)
    {
        NumericsVersion = numericsVersion;
        Spec = spec;
        Network = network;
        Shapes = shapes;
        Dataset = dataset;
        Cells = [.. spec.BatchSizes.SelectMany(m => RatesOf(spec, m).Select(rate => Cell(m, spec.Scaling?.At(rate, m) ?? rate)))];
        rates = Cells.ToLookup(c => c.BatchSize, c => c.BaseLearningRate);
    }

    /// <summary>What was asked for.</summary>
    public SweepSpec Spec { get; }

    /// <summary>The network.</summary>
    public NetworkSpec Network { get; }

    /// <summary>Its cost on this dataset's images.</summary>
    public NetworkShapes Shapes { get; }

    /// <summary>The dataset.</summary>
    public DatasetIdentity Dataset { get; }

    /// <summary>The version of the arithmetic that its cells are trained by.</summary>
    public int NumericsVersion { get; }

    /// <summary>N, the images that are trained on.</summary>
    public int TrainedImages => Dataset.TrainImages - (ValidationImages ?? 0);

    /// <summary>Training images that are not trained on and select instead, or null: the test images select.</summary>
    public int? ValidationImages => Spec.ValidationImages(Dataset.TrainImages);

    /// <summary>How many images select.</summary>
    public int SelectionImages => ValidationImages ?? Dataset.TestImages;

    /// <summary>The grid, by m, then η̃; one cell stands for what a first stage has still to choose.</summary>
    public IReadOnlyList<PlannedCell> Cells { get; }

    /// <summary>
    /// Puts a draft together with its dataset (null where the draft names none that is known): the plan, or everything
    /// that is wrong with either, and everything that does not fit, at once.
    /// </summary>
    /// <param name="draft">What was asked for.</param>
    /// <param name="dataset">Its dataset.</param>
    /// <param name="numericsVersion">The version of the arithmetic that it is trained by; default this release's.</param>
    /// <param name="mostCells">Most cells that the cluster takes, those of a search's rungs counted each.</param>
    public static SpecResult<SweepPlan> Of(SweepDraft draft, SpecResult<DatasetIdentity>? dataset, int numericsVersion = TrainingNumerics.Version, int mostCells = MostCells)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var errors = draft.Errors.Concat(dataset?.Errors ?? []).ToList();
        if (draft.Spec is not { } spec)
        {
            return errors;
        }

        var cells = spec.BatchSizes.Sum(m => (long)RatesOf(spec, m).Count) * (1 + (spec.Search?.Rungs ?? 0));
        if (cells > mostCells)
        {
            var more = mostCells < MostCells ? $", or let the silos take more where the store is an account of Azure Storage: Sweeps:MostCells, up to {MostCells}" : "";
            errors.Add(new("batchSizes × baseLearningRates", $"{cells} cells", $"at most {mostCells}; split the sweep{more}"));
        }

        var shapes = dataset?.Value is { } images ? Fit(spec, draft.Network, images, errors) : null;
        return errors.Count > 0 ? errors : new SweepPlan(spec, draft.Network!, shapes!, dataset!.Value!, numericsVersion);
    }

    /// <summary>What of the specification and the network does not fit these images; the network's shapes where they do.</summary>
    private static NetworkShapes? Fit(SweepSpec spec, NetworkSpec? network, DatasetIdentity images, List<SpecError> errors)
    {
        errors.AddRange(SettingsFit.Check(spec, images));
        if (network is null)
        {
            return null;
        }

        var shapes = NetworkShapes.Of(network, new(images.Channels, images.Height, images.Width), images.Classes, new(spec.BatchNorm, spec.GroupNorm));
        errors.AddRange(shapes.Errors.Select(e => e with { Path = $"{spec.Network}: {e.Path}" }));
        if (shapes.Value?.CheckReplicas(Together(spec), spec.Optimizer) is { } tooMany)
        {
            errors.Add(tooMany);
        }

        if (shapes.Value is { SmallestNormalisedMap: 1 })
        {
            errors.AddRange(SettingsFit.CheckLoneImages(spec, images));
        }

        return shapes.Value;
    }

    private static IReadOnlyList<BaseLearningRate> RatesOf(SweepSpec spec, int batchSize) => spec.NotChosen.Contains(batchSize) ? [BaseLearningRate.PowerOfTwo(0)] : spec.Rates(batchSize);

    /// <summary>The most replicas that one configuration may train.</summary>
    private static int Together(SweepSpec spec) =>
        new[] { spec.Replicas, spec.Confirm, spec.ReplicasUntil?.Max - spec.Replicas ?? 0, spec.ConfirmUntil?.Max - spec.Confirm ?? 0 }.Max();

    /// <summary>The η̃ of a batch size, ascending.</summary>
    public IReadOnlyList<BaseLearningRate> Rates(int batchSize) => [.. rates[batchSize]];

    /// <summary>One cell; within the grid or not.</summary>
    public PlannedCell Cell(int batchSize, BaseLearningRate rate)
    {
        var settings = CellSettings.Of(Spec, Network, Dataset, NumericsVersion, batchSize, rate);
        return new(settings, SettingsText.Hash(settings));
    }

    /// <summary>
    /// One cell on the budget of a rung of the search, from 1: the whole schedule, its drops and its warm-up at the same fractions. After
    /// the last rung it is the cell itself.
    /// </summary>
    public PlannedCell Cell(int batchSize, BaseLearningRate rate, int rung)
    {
        if (Spec.Search is not { } search || rung > search.Rungs)
        {
            return Cell(batchSize, rate);
        }

        var drops = Spec.Drops.Epochs.Count > 0 ? Spec.Drops with { Fractions = [.. Spec.Drops.Epochs.Select(e => e / (double)Spec.Budget.Amount)], Epochs = [] } : Spec.Drops;
        var shorter = Spec with { Budget = search.Budget(Spec.Budget, rung), Drops = drops, UpdateVariance = null };
        var settings = CellSettings.Of(shorter, Network, Dataset, NumericsVersion, batchSize, rate);
        return new(settings, SettingsText.Hash(settings));
    }

    /// <summary>Predicted seconds of a cell with that many replicas on one slot.</summary>
    public double PredictedSeconds(PlannedCell cell, int replicas)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return CostModel.Seconds(cell.Settings, Shapes, replicas);
    }

    /// <summary>Predicted seconds of the whole sweep, the confirming runs included, on that many slots.</summary>
    public double PredictedSeconds(int slots)
    {
        var grid = Cells.Sum(c => PredictedSeconds(c, Spec.Replicas));
        if (Spec.Search is { } search)
        {
            // As if each rung left its share: what it leaves is not known before.
            grid = Enumerable.Range(1, search.Rungs + 1)
                .Sum(rung => Cells.Sum(c => PredictedSeconds(Cell(c.BatchSize, c.BaseLearningRate, rung), Spec.Replicas)) * (search.Kind == SearchKind.Prune ? 1 : Math.Pow(search.Factor, 1 - rung)));
        }

        var confirm = Spec.Confirm == 0 ? 0 : Spec.BatchSizes.Sum(m => PredictedSeconds(Cell(m, Rates(m)[0]), Spec.Confirm));
        return (grid + confirm) / Math.Max(1, slots);
    }
}
