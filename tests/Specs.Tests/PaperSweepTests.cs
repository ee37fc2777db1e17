using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests;

/// <summary>The specifications of <c>sweeps/paper</c> against the paper: Masters and Luschi 2018, sections 3 and 6.</summary>
public sealed class PaperSweepTests
{
    /// <summary>Updates of a run on 50,000 images for 41 epochs, by batch size: ⌈50,000/m⌉ each, with the partial batch.</summary>
    private static readonly (int BatchSize, long Updates)[] Cifar41 =
    [
        (2, 1_025_000), (4, 512_500), (8, 256_250), (16, 128_125), (32, 64_083), (64, 32_062), (128, 16_031), (256, 8_036), (512, 4_018), (1024, 2_009), (2048, 1_025),
    ];

    /// <summary>Updates of 90 epochs on 1,281,167 images.</summary>
    private static readonly (int BatchSize, long Updates)[] ImageNet90 =
    [
        (2, 57_652_560), (4, 28_826_280), (8, 14_413_140), (16, 7_206_570), (32, 3_603_330), (64, 1_801_710), (128, 900_900), (256, 450_450),
    ];

    /// <summary>Figure, dataset, network, normalisation, epochs, base learning rates, augmented, warm-up, weight decay.</summary>
    public static TheoryData<string, string, string, BatchNormalisation, int, int, bool, bool, double> Figures => new()
    {
        { "fig01", "cifar10", "alexnet", BatchNormalisation.None, 82, 13, false, false, 5e-4 },
        { "fig02", "cifar10", "resnet8", BatchNormalisation.None, 82, 13, false, false, 1e-4 },
        { "fig03", "cifar10", "resnet20", BatchNormalisation.None, 82, 13, false, false, 1e-4 },
        { "fig04", "cifar10", "resnet32", BatchNormalisation.All, 82, 1, false, false, 1e-4 },
        { "fig05", "cifar10", "alexnet", BatchNormalisation.All, 82, 13, false, false, 5e-4 },
        { "fig06", "cifar10", "alexnet", BatchNormalisation.Conv, 82, 13, false, false, 5e-4 },
        { "fig07", "cifar10", "resnet32", BatchNormalisation.All, 82, 13, false, false, 1e-4 },
        { "fig08", "cifar10", "resnet32", BatchNormalisation.All, 82, 13, true, false, 1e-4 },
        { "fig09", "cifar100", "resnet32", BatchNormalisation.All, 164, 13, true, false, 1e-4 },
        { "fig10", "cifar10", "resnet32", BatchNormalisation.All, 82, 13, true, true, 1e-4 },
        { "fig11", "cifar100", "resnet32", BatchNormalisation.All, 164, 13, true, true, 1e-4 },
        { "fig12", "imagenet", "resnet50", BatchNormalisation.All, 90, 13, true, false, 1e-4 },
        { "fig17", "cifar10", "resnet32", BatchNormalisation.All, 41, 13, true, false, 1e-4 },
        { "fig18", "cifar10", "resnet32", BatchNormalisation.All, 164, 13, true, false, 1e-4 },
    };

    /// <summary>Second stages: figure, first stage, dataset, network, epochs, batches of the normalisation, smallest and largest batch size.</summary>
    public static TheoryData<string, string, string, string, int, int[], int, int> Stages => new()
    {
        { "fig13a", "fig08", "cifar10", "resnet32", 82, [2, 4, 8, 16, 32, 64], 2, 512 },
        { "fig13b", "fig09", "cifar100", "resnet32", 164, [2, 4, 8, 16, 32, 64], 2, 512 },
        { "fig14", "fig12", "imagenet", "resnet50", 90, [8, 16, 32, 64, 128], 16, 2048 },
    };

    [Fact]
    public void Every_file_of_the_folder_is_a_figure_that_is_checked() =>
        Assert.Equal(Figures.Select(f => f.Data.Item1).Concat(Stages.SelectMany(s => s.Data.Item6.Select(b => $"{s.Data.Item1}-bn{b}"))).Order(StringComparer.Ordinal), Directory.EnumerateFiles(PaperData.Folder).Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_figure_is_trained_as_the_paper_says_for_as_many_updates(
        string figure, string dataset, string network, BatchNormalisation normalisation, int epochs, int rates, bool augmented, bool warmup, double decay)
    {
        var plan = Plan(figure);
        var spec = plan.Spec;
        Assert.Equal(($"paper-{figure}", dataset, network, normalisation), (spec.Name, plan.Dataset.Kind, spec.Network, spec.BatchNorm));
        Assert.Equal((new Budget(BudgetUnit.Epochs, epochs), augmented, decay, OptimizerSettings.Plain), (spec.Budget, spec.Augment, spec.WeightDecay, spec.Optimizer));
        Assert.Equal(rates == 1 ? [BaseLearningRate.PowerOfTwo(-8)] : Enumerable.Range(-12, 13).Select(BaseLearningRate.PowerOfTwo), spec.BaseLearningRates);
        Assert.Equal(0.1, spec.Drops.Factor);
        if (dataset == "imagenet")
        {
            Assert.Equal([30, 60, 80], spec.Drops.Epochs);
        }
        else
        {
            Assert.Equal([0.5, 0.75], spec.Drops.Fractions);
        }

        // From 1/32 of the rate, over the first twentieth of all updates.
        Assert.Equal(warmup ? new Warmup(0.05, 1 / 32d) : null, spec.Warmup);
        var updates = dataset == "imagenet" ? ImageNet90 : [.. Cifar41.Select(c => (c.BatchSize, c.Updates * epochs / 41))];
        Assert.Equal(updates.Length * rates, plan.Cells.Count);
        Assert.Equal(updates, plan.Cells.Select(c => (c.BatchSize, c.Settings.Updates)).Distinct());
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_second_stage_trains_each_batch_size_as_the_first_does_but_for_the_normalisation(
        string figure, string first, string dataset, string network, int epochs, int[] parts, int smallest, int largest)
    {
        var before = Plan(first).Spec;
        foreach (var part in parts)
        {
            var plan = Plan($"{figure}-bn{part}");
            var spec = plan.Spec;
            Assert.Equal(($"paper-{figure}-bn{part}", dataset, network, new Budget(BudgetUnit.Epochs, epochs)), (spec.Name, plan.Dataset.Kind, spec.Network, spec.Budget));
            Assert.Equal((new FirstStage($"paper-{first}", null), new MicroBatches(MicroBatchRule.Size, part)), (spec.From, spec.MicroBatches));
            Assert.Equal((before.Augment, before.WeightDecay, before.Optimizer, before.BatchNorm), (spec.Augment, spec.WeightDecay, spec.Optimizer, spec.BatchNorm));
            Assert.Equal(before.Drops.Fractions.Concat(before.Drops.Epochs.Select(e => (double)e)), spec.Drops.Fractions.Concat(spec.Drops.Epochs.Select(e => (double)e)));

            // Other seeds than those that chose; and above 128 on ImageNet the paper's own rates (its section 3.6).
            Assert.NotEqual(before.Seed, spec.Seed);
            Assert.Equal(spec.BatchSizes.Where(m => dataset != "imagenet" || m <= 128), spec.NotChosen);
            Assert.All(spec.BatchSizes.Except(spec.NotChosen), m => Assert.Equal(BaseLearningRate.PowerOfTwo(m == 2048 ? -9 : -10), Assert.Single(spec.Rates(m))));
            var updates = (dataset == "imagenet" ? [.. ImageNet90, (512, 225_270), (1024, 112_680), (2048, 56_340)] : Cifar41.Select(c => (c.BatchSize, c.Updates * epochs / 41)))
                .Where(u => u.BatchSize >= Math.Max(part, smallest) && u.BatchSize <= largest);
            Assert.Equal(updates, plan.Cells.Select(c => (c.BatchSize, c.Settings.Updates)));
        }
    }

    private static SweepPlan Plan(string figure)
    {
        var draft = PaperData.Draft(figure);
        var planned = SweepPlan.Of(draft, PaperData.Dataset(draft.Dataset!.Kind));
        Assert.Empty(planned.Errors);
        return planned.Value!;
    }
}
