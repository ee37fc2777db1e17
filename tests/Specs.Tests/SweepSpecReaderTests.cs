using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests;

public sealed class SweepSpecReaderTests
{
    private const string Good = """
        name: good
        dataset: { kind: synthetic, trainImages: 512, testImages: 256 }
        network: resnet8
        batchSizes: [2, 8]
        baseLearningRates: [2^-9, 0.001, 1/3]
        epochs: 8
        """;

    public static TheoryData<string, string> Bad => new()
    {
        { "batchsizes: [2]", "batchsizes: found an unknown key, wanted 'batchSizes'; did you mean that?" },
        { "momentum: 0.9", "momentum: found an unknown key, wanted optimizer: { kind: sgd, momentum: 0.9 }" },
        { "selectOn: train", "selectOn: found train, wanted test, validation or { validation: 0.1 }" },
        { "selectOn: {}", "selectOn: found" },
        { "baseLearningRates: { 2: 2^-9 }", "baseLearningRates.8: found nothing, wanted a list of positive numbers, or one, such as 2^-9: each batch size's own" },
        { "baseLearningRates: { 2: 2^-9, 8: [2^-9, fast], 9: 1 }", "baseLearningRates.8[1]: found fast, wanted a positive number" },
        { "baseLearningRates: { 2: 2^-9, 8: 2^-9, 9: 1 }", "baseLearningRates.9: found a key that is no batch size of this sweep, wanted one of 2, 8" },
        { "from: { sweep: one }", "baseLearningRates: found an axis beside from, wanted nothing" },
        { "from: {}", "from.sweep: found nothing, wanted the name of a completed sweep" },
        { "stop: soon", "stop: found soon, wanted decided or never" },
        { "search: random", "search: found random, wanted full, halving, prune or { kind: halving, rungs: 2, factor: 3 }" },
        { "search: { rungs: 2 }", "search: found kind missing, wanted full, halving, prune or" },
        { "search: { kind: halving, rungs: 9 }", "search.rungs: found 9, wanted a whole number from 1 to 8" },
        { "search: { kind: prune, factor: 1 }", "search.factor: found 1, wanted a whole number from 2 to 64" },
        { "selectOn: { validation: 0.6 }", "selectOn.validation: found 0.6, wanted the share of the training images that are not trained on, a number from 0.001 to 0.5" },
        { "limit: 5", "limit: found 5, wanted { deviceHours: 500 }" },
        { "limit: {}", "limit.deviceHours: found nothing, wanted hours of slots, a number from 0.0001 to 100000000" },
        { "limit: { deviceHours: 0 }", "limit.deviceHours: found 0, wanted hours of slots" },
        { "limit: { hours: 5 }", "limit.hours: found an unknown key, wanted one of deviceHours" },
        { "updates: 100", "updates: found beside epochs, wanted one of epochs, updates or examples, a whole number" },
        { "warmup: { fraction: 1.5 }", "warmup.fraction: found 1.5, wanted a number above 0 and below 1" },
        { "warmup: { from: 33/32 }", "warmup.from: found 33/32, wanted a fraction of the learning rate from 0 to 1, such as 1/32" },
        { "batchGrowth: [{ at: 0.5 }]", "batchGrowth[0].factor: found nothing, wanted a whole number from 2 to 1024" },
        { "workers: { count: 4, batchNorm: mine }", "workers.batchNorm: found mine, wanted own" },
        { "accumulate: 2\nbatchNormBatchSize: 2", "accumulate: found beside batchNormBatchSize, wanted one of" },
        { "optimizer: adam", "optimizer: found adam, wanted sgd, adamw" },
        { "optimizer: { kind: adamw, momentum: 0.9 }", "optimizer.momentum: found 0.9, wanted no such key with adamw" },
        { "optimizer: { kind: sgd, nesterov: true }", "optimizer.nesterov: found true without momentum" },
        { "precision: float16", "precision: found float16, wanted float32, tf32 or bfloat16" },
        { "groupNorm: 0", "groupNorm: found 0, wanted a whole number from 1 to 1024" },
        { "scaling: { rule: cubic, reference: 128 }", "scaling.rule: found cubic, wanted linear" },
        { "updateVariance: { at: [0.5, 0.2] }", "updateVariance.at[1]: found 0.2, wanted more than the one before it, 0.5" },
        { "schedule: { dropAt: [0.5], dropAtEpochs: [3] }", "schedule.dropAtEpochs: found beside dropAt" },
        { "name: Über", "name: found Über, wanted 1 to 63 of a-z, 0-9 and '-', beginning with a letter" },
        { "batchSizes: [2, 0]", "batchSizes[1]: found 0, wanted a whole number from 1 to 65536" },
        { "batchSizes: []", "batchSizes: found an empty list, wanted" },
        { "batchSizes: 2048..2", "batchSizes: found 2048..2, wanted a range that ascends: 2..2048" },
        { "batchSizes: [8, 8]", "batchSizes[1]: found 8 again, wanted each value once; it stands at batchSizes[0] already" },
        { "batchSizes: twelve", "batchSizes: found twelve, wanted a list of whole numbers" },
        { "baseLearningRates: 2^0..2^-12", "baseLearningRates: found 2^0..2^-12, wanted a range that ascends: 2^-12..2^0" },
        { "baseLearningRates: [.nan]", "baseLearningRates[0]: found .nan, wanted a positive number" },
        { "baseLearningRates: [-1]", "baseLearningRates[0]: found -1, wanted a positive number" },
        { "replicas: 0", "replicas: found 0, wanted a whole number from 1 to 1000" },
        { "replicas: many", "replicas: found many, wanted a whole number from 1 to 1000" },
        { "replicas: { min: 3, until: 0.5 }", "replicas.max: found nothing, wanted a whole number from 2 to 1000" },
        { "replicas: { min: 1, max: 20, until: 0.5 }", "replicas.min: found 1, wanted a whole number from 2 to 1000" },
        { "replicas: { min: 5, max: 4, until: 0.5 }", "replicas.max: found 4, wanted a whole number from 5 to 1000" },
        { "confirm: { min: 5, max: 20, until: 0 }", "confirm.until: found 0, wanted points of accuracy, a number from 0.001 to 100" },
        { "confirm: { min: 5, max: 20, untill: 1 }", "confirm.untill: found an unknown key, wanted 'until'; did you mean that?" },
        { "confirm: [5]", "confirm: found a list, wanted a whole number from 0 to 1000" },
        { "epochs: 0", "epochs: found 0, wanted a whole number from 1 to 100000" },
        { "weightDecay: .nan", "weightDecay: found .nan, wanted a number from 0 to 1" },
        { "augment: perhaps", "augment: found perhaps, wanted true or false" },
        { "batchNorm: some", "batchNorm: found some, wanted none, conv or all" },
        { "dataset: mnist", "dataset: found mnist, wanted one of synthetic, cifar10, cifar100, imagenet, folder" },
        { "dataset: { kind: cifar10, trainImages: 5 }", "dataset.trainImages: found 5, wanted a whole number from 10 to 2147483647" },
        { "dataset: { kind: cifar10, crop: 24 }", "dataset.crop: found 24, wanted no such key with cifar10" },
        { "dataset: { kind: folder }", "dataset.path: found nothing, wanted the name of a pack directly in the data folder" },
        { "dataset: { kind: folder, path: ../secrets }", "dataset.path: found ../secrets, wanted the name of a pack directly in the data folder" },
        { "dataset: { kind: folder, path: /etc/birds }", "dataset.path: found /etc/birds, wanted the name of a pack directly in the data folder" },
        { "dataset: { kind: imagenet, crop: 4 }", "dataset.crop: found 4, wanted a whole number from 8 to 1024" },
        { "dataset: { kind: cifar10, crop: 24 }", "dataset.crop: found 24, wanted no such key with cifar10" },
        { "schedule: { dropAt: [0.75, 0.5] }", "schedule.dropAt[1]: found 0.5, wanted more than the one before it, 0.75" },
        { "schedule: { dropAt: [1] }", "schedule.dropAt[0]: found 1, wanted a number above 0 and below 1" },
        { "delta: -0.1", "delta: found -0.1, wanted points of accuracy, a number from 0 to 100" },
        { "delta: 101", "delta: found 101, wanted points of accuracy, a number from 0 to 100" },
        { "delta: .nan", "delta: found .nan, wanted points of accuracy, a number from 0 to 100" },
        { "delta: wide", "delta: found wide, wanted points of accuracy, a number from 0 to 100" },
        { "delta: [1]", "delta: found a list" },
        { "Delta: 1", "Delta: found an unknown key, wanted 'delta'; did you mean that?" },
        { "checkpoint: { every: soon }", "checkpoint.every: found soon, wanted a time from 0.5s to 1440m" },
    };

    [Fact]
    public void A_good_specification_has_its_defaults_filled_in()
    {
        var spec = SweepSpecReader.Read(Good, "good.yaml").Value!;
        Assert.Equal(["0.001", "2^-9", "1/3"], spec.BaseLearningRates.Select(r => r.ToString()));
        Assert.Equal((5, 5, 0.1, 1L), (spec.Replicas, spec.Confirm, spec.Drops.Factor, spec.Seed));
        Assert.Equal(TimeSpan.FromSeconds(60), spec.CheckpointEvery);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_is_said_with_path_found_and_wanted(string line, string error)
    {
        var key = line[..line.IndexOf(':', StringComparison.Ordinal)];
        var yaml = string.Join('\n', Good.Split('\n').Where(l => !l.StartsWith($"{key}:", StringComparison.Ordinal)).Append(line));
        var result = SweepSpecReader.Read(yaml, "bad.yaml");
        Assert.Null(result.Value);
        Assert.Contains(result.Errors, e => e.ToString().StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_error_is_said_at_once()
    {
        var result = SweepSpecReader.Read("name: X\nbatchSizes: [0]\nepochs: -1\ncolour: red", "bad.yaml");
        Assert.Equal(["name", "batchSizes[0]", "epochs", "colour", "dataset", "network", "baseLearningRates"], result.Errors.Select(e => e.Path).Distinct().OrderBy(p => Array.IndexOf(["name", "batchSizes[0]", "epochs", "colour", "dataset", "network", "baseLearningRates"], p)));
    }

    [Fact]
    public void Text_that_is_no_yaml_is_named_with_its_place()
    {
        Assert.StartsWith("bad.yaml:", Assert.Single(SweepSpecReader.Read("a: [1,", "bad.yaml").Errors).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void The_canonical_text_reads_back_to_the_same_text()
    {
        var text = SweepSpecText.Write(SweepSpecReader.Read(Good, "good.yaml").Value!);
        Assert.Equal(text, SweepSpecText.Write(SweepSpecReader.Read(text, "again.yaml").Value!));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.25", 0.25)]
    [InlineData("100", 100)]
    public void A_practical_margin_is_read_in_points_and_reads_back(string written, double points)
    {
        var spec = SweepSpecReader.Read($"{Good}\ndelta: {written}", "good.yaml").Value!;
        Assert.Equal(points, spec.Delta);
        Assert.Contains($"delta: {written}\n", SweepSpecText.Write(spec), StringComparison.Ordinal);
        Assert.Equal(points, SweepSpecReader.Read(SweepSpecText.Write(spec), "again.yaml").Value!.Delta);
    }

    [Fact]
    public void Without_a_practical_margin_it_is_half_a_point_and_the_text_is_that_of_older_sweeps()
    {
        var spec = SweepSpecReader.Read(Good, "good.yaml").Value!;
        Assert.Equal(0.5, spec.Delta);
        Assert.DoesNotContain("delta", SweepSpecText.Write(spec), StringComparison.Ordinal);
        Assert.Equal(SweepSpecText.Write(spec), SweepSpecText.Write(SweepSpecReader.Read($"{Good}\ndelta: 0.5", "good.yaml").Value!));
    }

    [Theory]
    [InlineData("validation", "{ validation: 0.1 }")]
    [InlineData("{ validation: 0.25 }", "{ validation: 0.25 }")]
    [InlineData("test", null)]
    public void What_selects_is_read_and_read_back(string written, string? canonical)
    {
        var text = SweepSpecText.Write(SweepSpecReader.Read($"{Good}\nselectOn: {written}", "good.yaml").Value!);
        Assert.Equal(text, SweepSpecText.Write(SweepSpecReader.Read(text, "again.yaml").Value!));
        Assert.Equal(canonical is null, !text.Contains("selectOn", StringComparison.Ordinal));
        Assert.Contains(canonical is null ? "" : $"selectOn: {canonical}\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("halving", "{ kind: halving, rungs: 2, factor: 3 }")]
    [InlineData("prune", "{ kind: prune, rungs: 1, factor: 8 }")]
    [InlineData("{ factor: 4, kind: halving, rungs: 1 }", "{ kind: halving, rungs: 1, factor: 4 }")]
    public void A_search_is_read_and_reads_back(string written, string canonical)
    {
        var text = SweepSpecText.Write(SweepSpecReader.Read($"{Good}\nsearch: {written}", "good.yaml").Value!);
        Assert.Contains($"search: {canonical}\n", text, StringComparison.Ordinal);
        Assert.Equal(text, SweepSpecText.Write(SweepSpecReader.Read(text, "again.yaml").Value!));
        Assert.Equal(SweepSpecText.Write(SweepSpecReader.Read(Good, "good.yaml").Value!), SweepSpecText.Write(SweepSpecReader.Read($"{Good}\nsearch: full", "good.yaml").Value!));
    }

    [Fact]
    public void Stopping_when_decided_is_read_and_reads_back()
    {
        var spec = SweepSpecReader.Read($"{Good}\nstop: decided", "good.yaml").Value!;
        Assert.Contains("stop: decided\n", SweepSpecText.Write(spec), StringComparison.Ordinal);
        Assert.True(SweepSpecReader.Read(SweepSpecText.Write(spec), "again.yaml").Value!.StopWhenDecided);
        Assert.Equal(SweepSpecText.Write(SweepSpecReader.Read(Good, "good.yaml").Value!), SweepSpecText.Write(SweepSpecReader.Read($"{Good}\nstop: never", "good.yaml").Value!));
    }

    [Fact]
    public void Replicas_until_an_interval_is_narrow_are_read_and_read_back()
    {
        var spec = SweepSpecReader.Read($"{Good}\nreplicas: {{ min: 3, max: 20, until: 0.5 }}\nconfirm: {{ until: 2, max: 9, min: 4 }}", "good.yaml").Value!;
        Assert.Equal((3, new NarrowingRule(20, 0.5), 4, new NarrowingRule(9, 2)), (spec.Replicas, spec.ReplicasUntil, spec.Confirm, spec.ConfirmUntil));
        Assert.Contains("replicas: { min: 3, max: 20, until: 0.5 }\nconfirm: { min: 4, max: 9, until: 2 }\n", SweepSpecText.Write(spec), StringComparison.Ordinal);
        Assert.Equal(SweepSpecText.Write(spec), SweepSpecText.Write(SweepSpecReader.Read(SweepSpecText.Write(spec), "again.yaml").Value!));
    }

    [Fact]
    public void Team_and_weight_are_read_and_read_back_and_older_texts_stay_as_they_were()
    {
        var spec = SweepSpecReader.Read($"{Good}\nteam: astro\nweight: 3", "good.yaml").Value!;
        Assert.Equal(("astro", 3), (spec.Team, spec.Weight));
        Assert.Contains("\nteam: astro\nweight: 3\n", SweepSpecText.Write(spec), StringComparison.Ordinal);
        Assert.Equal(SweepSpecText.Write(spec), SweepSpecText.Write(SweepSpecReader.Read(SweepSpecText.Write(spec), "again.yaml").Value!));
        Assert.Equal(SweepSpecText.Write(SweepSpecReader.Read(Good, "good.yaml").Value!), SweepSpecText.Write(SweepSpecReader.Read($"{Good}\nteam: default\nweight: 1", "good.yaml").Value!));
        var errors = SweepSpecReader.Read($"{Good}\nteam: Astro\nweight: 0", "good.yaml").Errors;
        Assert.Equal(["team: found Astro, wanted 1 to 63 of a-z, 0-9 and '-', beginning with a letter", "weight: found 0, wanted a whole number from 1 to 1000"], errors.Select(e => e.ToString()));
    }

    [Theory]
    [InlineData("cifar100", "cifar100")]
    [InlineData("imagenet", "{ kind: imagenet, crop: 224 }")]
    [InlineData("{ kind: imagenet, crop: 160 }", "{ kind: imagenet, crop: 160 }")]
    [InlineData("{ kind: folder, path: birds.pack, crop: 64 }", "{ kind: folder, path: birds, crop: 64 }")]
    [InlineData("{ path: birds, kind: folder }", "{ kind: folder, path: birds }")]
    public void A_dataset_has_one_canonical_text(string written, string canonical)
    {
        var yaml = string.Join('\n', Good.Split('\n').Where(l => !l.StartsWith("dataset:", StringComparison.Ordinal)).Append($"dataset: {written}"));
        Assert.Contains($"dataset: {canonical}\n", SweepSpecText.Write(SweepSpecReader.Read(yaml, "good.yaml").Value!), StringComparison.Ordinal);
    }

    [Fact]
    public void Wider_axes_and_more_replicas_extend_and_anything_else_differs()
    {
        var stored = SweepSpecReader.Read(Good, "good.yaml").Value!;
        Assert.Equal(SweepRelation.Same, SweepDifference.Between(stored, stored with { Priority = 3, Team = "astro", Weight = 2, Network = "elsewhere/other.yaml" }).Relation);
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, stored with { BatchSizes = [2, 4, 8] }).Relation);
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, stored with { Delta = 2 }).Relation);
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, stored with { LimitDeviceHours = 2.5 }).Relation);
        Assert.Contains("limit: { deviceHours: 2.5 }\n", SweepSpecText.Write(stored with { LimitDeviceHours = 2.5 }), StringComparison.Ordinal);
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, stored with { Replicas = 6, Confirm = 7 }).Relation);
        Assert.Equal(
            "replicas: found 4, wanted at least the stored sweep's 5; an extension keeps all of it. Or choose another name",
            Assert.Single(SweepDifference.Between(stored, stored with { Replicas = 4, Confirm = 7 }).Differences).ToString());
        Assert.Equal("confirm", Assert.Single(SweepDifference.Between(stored, stored with { Replicas = 9, Confirm = 0 }).Differences).Path);
        Assert.Equal("batchSizes", Assert.Single(SweepDifference.Between(stored, stored with { BatchSizes = [2] }).Differences).Path);
        Assert.Equal(SweepRelation.Same, SweepDifference.Between(stored, stored with { CheckpointEvery = TimeSpan.FromSeconds(5) }).Relation);
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, stored with { CheckpointKept = KeptCheckpoint.FirstDrop }).Relation);
    }

    [Fact]
    public void A_longer_budget_extends_a_shorter_one_is_refused_and_one_of_another_unit_is_another_sweep()
    {
        var stored = SweepSpecReader.Read(Good, "good.yaml").Value!;
        Assert.Equal(SweepRelation.Extended, SweepDifference.Between(stored, stored with { Budget = new(BudgetUnit.Epochs, 9), Replicas = 6 }).Relation);
        Assert.Equal(
            "epochs: found 7, wanted at least the stored sweep's 8; an extension keeps all of it. Or choose another name",
            Assert.Single(SweepDifference.Between(stored, stored with { Budget = new(BudgetUnit.Epochs, 7) }).Differences).ToString());
        Assert.Equal(
            ["epochs: found nothing, wanted the stored sweep's 8, or another name", "updates: found 900, wanted the stored sweep's nothing, or another name"],
            SweepDifference.Between(stored, stored with { Budget = new(BudgetUnit.Updates, 900) }).Differences.Select(d => d.ToString()));
    }

    [Fact]
    public void Which_checkpoint_is_kept_is_read_and_written()
    {
        var yaml = $"{Good}\ncheckpoint: {{ every: 5m, keep: firstDrop }}";
        var spec = SweepSpecReader.Read(yaml, "good.yaml").Value!;
        Assert.Equal((TimeSpan.FromMinutes(5), KeptCheckpoint.FirstDrop), (spec.CheckpointEvery, spec.CheckpointKept));
        Assert.Contains("checkpoint: { every: 300s, keep: firstDrop }\n", SweepSpecText.Write(spec), StringComparison.Ordinal);
        Assert.Equal(
            "checkpoint.keep: found best, wanted none or firstDrop",
            Assert.Single(SweepSpecReader.Read(yaml.Replace("firstDrop", "best", StringComparison.Ordinal), "good.yaml").Errors).ToString());
    }

    [Fact]
    public void One_of_a_budget_is_one()
    {
        Assert.Equal(["1 epoch", "82 epochs", "1 update"], new[] { new Budget(BudgetUnit.Epochs, 1), new(BudgetUnit.Epochs, 82), new(BudgetUnit.Updates, 1) }.Select(b => b.ToString()));
    }
}
