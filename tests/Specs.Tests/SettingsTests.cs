using CsCheck;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("2^-9", "2^-9")]
    [InlineData("0.001953125", "2^-9")]
    [InlineData("1/512", "2^-9")]
    [InlineData("1e-3", "0.001")]
    [InlineData("2/3", "2/3")]
    [InlineData("4", "2^2")]
    public void A_base_learning_rate_has_one_text(string written, string canonical)
    {
        Assert.True(BaseLearningRate.TryParse(written, out var rate));
        Assert.Equal(canonical, rate!.ToString());
    }

    [Fact]
    public void Any_fraction_reads_back_exactly()
    {
        Gen.Select(Gen.Int[1, 1_000_000], Gen.Int[1, 1_000_000]).Sample((p, q) =>
        {
            Assert.True(BaseLearningRate.TryParse($"{p}/{q}", out var rate));
            Assert.True(BaseLearningRate.TryParse(rate!.ToString(), out var again));
            Assert.Equal(rate, again);
            Assert.Equal((double)p / q, rate.Value, 1e-12 * p / q);
        });
    }

    [Fact]
    public void Settings_read_back_to_the_same_text_and_every_change_changes_the_hash()
    {
        var settings = Plan("batchSizes: [2, 8]").Cells[0].Settings;
        Assert.Equal(SettingsText.Write(settings), SettingsText.Write(SettingsText.Read(SettingsText.Write(settings))));
        TrainingSettings[] changed =
        [
            settings, settings with { BatchSize = 3 }, settings with { EpochBudget = 9 }, settings with { Seed = 2 }, settings with { Augment = true }, settings with { WeightDecay = 1e-3 },
            settings with { DropFactor = 0.2 }, settings with { Drops = [5] }, settings with { BatchNorm = BatchNormalisation.None }, settings with { BatchNormMomentum = 0.1 },
            settings with { BaseLearningRate = BaseLearningRate.PowerOfTwo(-3) }, settings with { NumericsVersion = 99 }, settings with { Dataset = SyntheticDataset.Identity(512, 257) },
        ];
        Assert.Equal(changed.Length, changed.Select(SettingsText.Hash).Distinct().Count());
    }

    [Fact]
    public void A_longer_budget_begins_with_the_updates_before_the_first_drop_of_the_shorter_one()
    {
        // 64 updates an epoch.
        var (shorter, longer) = (At(""), At("", epochs: 16));
        Assert.Equal((256, 256), (SharedUpdates.Keepable(shorter), SharedUpdates.Resumable(shorter, longer)));
        Assert.Equal(64, SharedUpdates.Resumable(At("schedule: { dropAtEpochs: [1, 2] }"), At("schedule: { dropAtEpochs: [1, 2] }", epochs: 16)));
        Assert.Equal(128, SharedUpdates.Resumable(At("batchGrowth: [{ at: 0.25, factor: 2 }]"), At("batchGrowth: [{ at: 0.25, factor: 2 }]", epochs: 16)));
        Assert.Equal(256, SharedUpdates.Resumable(At(Measured("0, 0.5")), At(Measured("0, 0.5"), epochs: 16)));

        // What rises with the budget, what never drops, what is measured by the longer one alone, and what differs otherwise.
        Assert.Equal(0, SharedUpdates.Keepable(At("warmup: { fraction: 0.1, from: 0.5 }")));
        Assert.Equal(0, SharedUpdates.Keepable(At("schedule: { dropAt: [] }")));
        Assert.Equal(0, SharedUpdates.Resumable(At("warmup: { fraction: 0.1, from: 0.5 }"), At("warmup: { fraction: 0.1, from: 0.5 }", epochs: 16)));
        Assert.Equal(0, SharedUpdates.Resumable(At(Measured("0.5")), At(Measured("0, 0.5"), epochs: 16)));
        Assert.Equal(0, SharedUpdates.Resumable(shorter, At("weightDecay: 1e-3", epochs: 16)));
        Assert.Equal(0, SharedUpdates.Resumable(shorter, longer with { BaseLearningRate = BaseLearningRate.PowerOfTwo(-3) }));

        static string Measured(string at) => $"updateVariance: {{ at: [{at}], batches: 3, batchSizes: [2] }}";
        static TrainingSettings At(string settings, int epochs = 8) => Plan($"batchSizes: [8]\n{settings}", epochs).Cells[0].Settings;
    }

    [Fact]
    public void A_practical_margin_is_no_part_of_what_is_trained() =>
        Assert.Equal(Plan("batchSizes: [2, 8]").Cells.Select(c => c.SettingsHash), Plan("batchSizes: [2, 8]\ndelta: 3").Cells.Select(c => c.SettingsHash));

    [Fact]
    public void Images_that_are_kept_back_are_not_trained_on_and_part_of_what_a_result_depends_on()
    {
        var settings = Plan("batchSizes: [8]\nselectOn: validation").Cells[0].Settings;
        Assert.Equal((461, 51, 58 * 8), (settings.TrainedImages, settings.ValidationImages!.Value, settings.Updates));
        Assert.Equal(SettingsText.Write(settings), SettingsText.Write(SettingsText.Read(SettingsText.Write(settings))));
        Assert.Equal("512 461 51 256", string.Join(' ', settings.Dataset.TrainImages, settings.Plan.At(57) is var last ? last.First + last.Count : 0, settings.SelectionImages, settings.Dataset.TestImages));
        Assert.Equal(Plan("batchSizes: [8]").Cells[0].SettingsHash, Plan("batchSizes: [8]\nselectOn: test").Cells[0].SettingsHash);
        Assert.DoesNotContain("alidation", SettingsText.Write(Plan("batchSizes: [8]").Cells[0].Settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("batchSizes: [512]\nselectOn: validation", "batchSizes: found 512, wanted at most the 461 training images of synthetic")]
    [InlineData("batchSizes: [8]\nselectOn: { validation: 0.01 }", "selectOn.validation: found 5 of 512 training images, wanted at least one for each of the 10 classes")]
    public void Images_that_are_kept_back_must_leave_a_batch_and_be_enough(string lines, string error) =>
        Assert.Equal(error, Assert.Single(SweepPlan.Of(SweepDraft.Parse(Spec(lines), null), SyntheticDataset.Identity(512, 256)).Errors).ToString());

    [Theory]
    [InlineData("batchSizes: [8]\nstop: decided\nconfirm: 0", "stop: found decided, beside confirm: 0, wanted fresh seeds, which batch sizes that are ruled out would not train")]
    [InlineData("batchSizes: [8]\nstop: decided\nreplicas: 1", "stop: found decided, beside replicas: 1, wanted 2 replicas or more, which say how far apart is far")]
    [InlineData("batchSizes: [8]\nsearch: halving", "search: found 2 rungs of factor 3 before 8 epochs, wanted a budget of at least 9 epochs, fewer rungs or a smaller factor")]
    [InlineData("batchSizes: [8]\nsearch: { kind: prune, factor: 9 }", "search: found 1 rung of factor 9 before 8 epochs, wanted a budget of at least 9 epochs, fewer rungs or a smaller factor")]
    public void A_search_or_a_stop_that_has_nothing_to_go_by_is_refused(string lines, string error) =>
        Assert.Equal(error, Assert.Single(SweepPlan.Of(SweepDraft.Parse(Spec(lines), null), SyntheticDataset.Identity(512, 256)).Errors).ToString());

    [Fact]
    public void Drops_at_epochs_come_at_the_same_fraction_of_a_shorter_budget_and_a_warm_up_shares_no_update()
    {
        var plan = Plan("batchSizes: [8]\nschedule: { dropAtEpochs: [4, 6] }\nsearch: { kind: halving, rungs: 1, factor: 2 }");
        var (rung, whole) = (plan.Cell(8, plan.Rates(8)[0], 1).Settings, plan.Cells[0].Settings);
        Assert.Equal([128L, 192, 256, 384], rung.Drops.Concat(whole.Drops));
        Assert.Equal(128, SharedUpdates.Of(rung, whole));
        Assert.Equal(64, SharedUpdates.Of(rung with { Growth = [new(1, 16)] }, whole));
        Assert.Equal(0, SharedUpdates.Of(rung with { WarmupUpdates = 3 }, whole));
    }

    [Fact]
    public void Updates_count_the_partial_batch()
    {
        var settings = Plan("batchSizes: [100]").Cells[0].Settings;
        Assert.Equal((6, 48L), ((int)settings.Plan.EpochEnd(1), settings.Updates));
    }

    [Fact]
    public void A_batch_larger_than_the_training_set_is_refused()
    {
        var result = SweepPlan.Of(SweepDraft.Parse(Spec("batchSizes: [1024, 2]"), null), SyntheticDataset.Identity(512, 256));
        Assert.Equal("batchSizes: found 1024, wanted at most the 512 training images of synthetic", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void Errors_of_the_specification_the_network_the_data_and_what_does_not_fit_are_said_at_once()
    {
        var yaml = "name: Ü\ndataset: synthetic\nnetwork: n.yaml\nbatchSizes: [0, 1024]\nbaseLearningRates: []\nepochs: 8";
        var layers = "layers:\n" + string.Concat(Enumerable.Repeat("  - maxPool: { kernel: 2, stride: 2, padding: 0 }\n", 6)) + "  - linear: { outputs: classes }";
        var errors = SweepPlan.Of(SweepDraft.Parse(yaml, layers), SyntheticDataset.Identity(512, 256)).Errors.Select(e => e.Path).ToList();
        Assert.Equal(["name", "batchSizes[0]", "baseLearningRates", "batchSizes", "n.yaml: layers[5].maxPool"], errors);
        var missing = SweepPlan.Of(SweepDraft.Parse(yaml, null), new List<SpecError> { new("data", "nothing", "a file") }).Errors.Select(e => e.Path);
        Assert.Equal(["name", "batchSizes[0]", "baseLearningRates", "network", "data"], missing);
    }

    [Fact]
    public void Missing_and_truncated_data_files_are_named_with_both_sizes()
    {
        var folder = Directory.CreateTempSubdirectory("smallbatch-specs-");
        var bin = folder.CreateSubdirectory("cifar-10-batches-bin").FullName;
        for (var i = 1; i <= 4; i++)
        {
            File.WriteAllBytes(Path.Combine(bin, $"data_batch_{i}.bin"), new byte[3073 * i]);
        }

        File.WriteAllBytes(Path.Combine(bin, "test_batch.bin"), new byte[3073 + 5]);
        File.WriteAllBytes(Path.Combine(bin, "data_batch_2.bin"), [11, .. new byte[3072]]);
        var errors = DatasetCatalog.Inspect(new("cifar10", null, null), folder.FullName).Errors.Select(e => e.ToString()).ToList();
        folder.Delete(recursive: true);
        Assert.Equal(3, errors.Count);
        Assert.Contains("label 11 in record 0, wanted labels from 0 to 9", errors[0], StringComparison.Ordinal);
        Assert.Contains("data_batch_5.bin: found no such file", errors[1], StringComparison.Ordinal);
        Assert.Contains("found 3078 bytes, wanted whole records of 3073 bytes, so 3073 or 6146", errors[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("batchSizes: [8, 12]\nbatchNormBatchSize: 8", "batchNormBatchSize: found 8, which does not divide the batch size 12, wanted a divisor of every batch size; split the sweep where they need different ones")]
    [InlineData("batchSizes: [8, 9]\naccumulate: 2", "accumulate: found 2, which does not divide the batch size 9, wanted a divisor of every batch size; split the sweep where they need different ones")]
    [InlineData("batchSizes: [8, 12]\nworkers: { count: 8, batchNorm: own }", "workers.count: found 8, which does not divide the batch size 12, wanted a divisor of every batch size; split the sweep where they need different ones")]
    public void Parts_that_do_not_divide_a_batch_are_refused(string lines, string error) =>
        Assert.Equal(error, Assert.Single(SweepPlan.Of(SweepDraft.Parse(Spec(lines), null), SyntheticDataset.Identity(512, 256)).Errors).ToString());

    [Theory]
    [InlineData("batchSizes: [1]", 512, true)]
    [InlineData("batchSizes: [8]", 513, true)]
    [InlineData("batchSizes: [8]\nbatchNormBatchSize: 1", 512, true)]
    [InlineData("batchSizes: [8]\nbatchNorm: conv", 513, false)]
    [InlineData("batchSizes: [1]\ngroupNorm: 2", 512, false)]
    [InlineData("batchSizes: [8]", 514, false)]
    public void Normalising_over_one_value_per_channel_is_refused(string lines, int images, bool refused)
    {
        const string hidden = "layers: [{conv: {filters: 4, kernel: 3}}, relu, {averagePool: global}, {linear: {outputs: 4}}, relu, {linear: {outputs: classes}}]";
        var errors = SweepPlan.Of(SweepDraft.Parse(Spec(lines).Replace("resnet8", "n.yaml", StringComparison.Ordinal), hidden), SyntheticDataset.Identity(images, 256)).Errors;
        Assert.Equal(refused ? 1 : 0, errors.Count);
        Assert.All(errors, e => Assert.Contains("normalised over 1 value per channel, wanted batchNorm: conv or none, groupNorm, or batch sizes that leave at least 2 images", e.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_data_file_larger_than_an_array_holds_is_refused_with_both_numbers()
    {
        var folder = Directory.CreateTempSubdirectory("smallbatch-specs-");
        foreach (var file in CifarFiles.At("cifar100", folder.FullName).TrainFiles.Append(Path.Combine(folder.FullName, "test.bin")))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var stream = File.Create(file);
            stream.SetLength(600_001L * 3074);
        }

        var errors = CifarFiles.At("cifar100", folder.FullName).Inspect().Errors.Select(e => e.ToString()).ToList();
        folder.Delete(recursive: true);
        Assert.Contains(errors, e => e.EndsWith("train.bin: found 600001 images, wanted at most 600000; pack more than that as a folder", StringComparison.Ordinal));
    }

    private static string Spec(string line, int epochs = 8) => $"name: s\ndataset: synthetic\nnetwork: resnet8\nbaseLearningRates: [2^-9]\nepochs: {epochs}\n{line}";

    private static SweepPlan Plan(string line, int epochs = 8)
    {
        return SweepPlan.Of(SweepDraft.Parse(Spec(line, epochs), null), SyntheticDataset.Identity(512, 256)).Value!;
    }
}
