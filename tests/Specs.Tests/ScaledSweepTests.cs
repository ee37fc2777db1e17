using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Scaling;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Specs.Tests;

/// <summary>Specifications brought down until their predicted time fits.</summary>
public sealed class ScaledSweepTests
{
    private const string Small = "name: small\ndataset: { kind: synthetic, trainImages: 512, testImages: 256 }\nnetwork: resnet8\nbatchSizes: [2, 8]\nbaseLearningRates: [2^-9, 2^-7]\nreplicas: 3\nconfirm: 3\nepochs: 2\n";

    public static TheoryData<string> Figures => [.. Directory.EnumerateFiles(PaperData.Folder).Select(f => Path.GetFileNameWithoutExtension(f)).Where(f => PaperData.Draft(f).Spec!.From is null).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Figures))]
    public void Every_figure_of_the_paper_scales_to_minutes_on_one_core_and_stays_a_study_of_batch_sizes(string figure)
    {
        var draft = PaperData.Draft(figure);
        var scaled = Scale(draft, PaperData.Dataset(draft.Dataset!.Kind), "10m");
        var (spec, whole) = (scaled.Plan.Spec, draft.Spec!);
        Assert.True(scaled.Plan.PredictedSeconds(1) <= 600);
        Assert.Equal($"{whole.Name}-within-10m", spec.Name);

        // The same question: the axes keep their first values, four η̃ and three m, the seeds show a spread, the network and its treatment are the same.
        Assert.Equal((whole.BatchSizes[0], whole.BaseLearningRates[0]), (spec.BatchSizes[0], spec.BaseLearningRates[0]));
        Assert.True(spec.BatchSizes.Count >= 3 && spec.BaseLearningRates.Count >= Math.Min(4, whole.BaseLearningRates.Count));
        Assert.True(spec.BatchSizes[^1] >= 32);
        Assert.Equal((Math.Min(whole.Replicas, 2), Math.Min(whole.Confirm, 2)), (Math.Min(spec.Replicas, 2), Math.Min(spec.Confirm, 2)));
        Assert.Equal((whole.Network, whole.BatchNorm, whole.Augment, whole.WeightDecay, whole.Warmup), (spec.Network, spec.BatchNorm, spec.Augment, spec.WeightDecay, spec.Warmup));
        Assert.Equal(whole.Drops.Epochs.Count + whole.Drops.Fractions.Count, spec.Drops.Fractions.Count);
    }

    [Fact]
    public void A_second_stage_that_does_not_fit_is_refused_with_what_to_do_instead()
    {
        Assert.Empty(Scale(PaperData.Draft("fig14-bn8"), PaperData.Dataset("imagenet"), "100000d").Changes);
        var errors = ScaledSweep.Within(PaperData.Draft("fig14-bn8"), PaperData.Dataset("imagenet"), TimeSpan.FromMinutes(10), "10m", 1).Errors;
        Assert.Equal(
            "--within: found paper-fig14-bn8, whose base learning rates come from paper-fig12, wanted paper-fig12 scaled instead, then paper-fig14-bn8 with 'from: { sweep: paper-fig12-within-10m }', and with its dataset, batch sizes and budget",
            Assert.Single(errors).ToString());
    }

    [Fact]
    public void The_more_time_there_is_the_more_is_kept()
    {
        var draft = PaperData.Draft("fig02");
        var times = new[] { "10m", "1h", "8h", "7d", "1000d" }.Select(t => Scale(draft, PaperData.Dataset("cifar10"), t).Plan).ToList();
        Assert.Equal(times.Select(p => p.PredictedSeconds(1)).Order(), times.Select(p => p.PredictedSeconds(1)));
        Assert.Equal(times.Select(p => p.Dataset.TrainImages).Order(), times.Select(p => p.Dataset.TrainImages));
        Assert.Equal(draft.Spec, times[^1].Spec);
    }

    [Fact]
    public void What_fits_is_left_as_it_is()
    {
        var draft = SweepDraft.Parse(Small, null);
        var scaled = Scale(draft, SyntheticDataset.Identity(512, 256), "1d");
        Assert.Same(draft, scaled.Draft);
        Assert.Empty(scaled.Changes);
    }

    [Fact]
    public void Every_key_that_is_scaled_is_told_with_both_values_and_the_rest_is_equal()
    {
        var draft = PaperData.Draft("fig12");
        var scaled = Scale(draft, PaperData.Dataset("imagenet"), "10m");
        Assert.Equal(["name", "dataset", "batchSizes", "baseLearningRates", "epochs", "schedule"], scaled.Changes.Select(c => c.Key));
        Assert.Equal(("{ dropAtEpochs: [30, 60, 80], factor: 0.1 }", "{ dropAt: [0.333333, 0.666667, 0.888889], factor: 0.1 }"), (scaled.Changes[^1].From, scaled.Changes[^1].To));
        var (was, now) = (SweepSpecText.Values(draft.Spec!).ToDictionary(), SweepSpecText.Values(scaled.Draft.Spec!).ToDictionary());
        Assert.All(scaled.Changes, c => Assert.Equal((was[c.Key], now[c.Key]), (c.From, c.To)));
        Assert.Equal(was.Keys.Except(scaled.Changes.Select(c => c.Key)), was.Keys.Where(k => was[k] == now[k]));
    }

    [Fact]
    public void Rules_that_add_seeds_become_their_first_numbers()
    {
        var draft = SweepDraft.Parse(Small.Replace("replicas: 3", "replicas: { min: 4, max: 20, until: 0.5 }", StringComparison.Ordinal), null);
        var whole = SweepPlan.Of(draft, SyntheticDataset.Identity(512, 256)).Value!.PredictedSeconds(1);
        var scaled = ScaledSweep.Within(draft, SyntheticDataset.Identity(512, 256), TimeSpan.FromSeconds(whole - 0.001), "9s", 1).Value!;
        Assert.Equal([new("name", "small", "small-within-9s"), new("replicas", "{ min: 4, max: 20, until: 0.5 }", "3")], scaled.Changes);
    }

    [Fact]
    public void A_time_that_not_even_the_smallest_form_fits_is_refused_with_the_one_that_it_needs()
    {
        var errors = ScaledSweep.Within(PaperData.Draft("fig12"), PaperData.Dataset("imagenet"), TimeSpan.FromSeconds(1), "1s", 4).Errors;
        Assert.Matches("^--within: found 1s, wanted at least [0-9]+s, the predicted time of the smallest form of paper-fig12 on 4 CPU slots$", Assert.Single(errors).ToString());
    }

    [Fact]
    public void What_is_wrong_with_a_specification_is_said_as_without_scaling()
    {
        var draft = SweepDraft.Parse(Small + "batchNormBatchSize: 3\n", null);
        var dataset = SyntheticDataset.Identity(512, 256);
        Assert.Equal(SweepPlan.Of(draft, dataset).Errors, ScaledSweep.Within(draft, dataset, TimeSpan.FromSeconds(5), "5s", 1).Errors);
    }

    [Fact]
    public void A_part_of_a_dataset_is_another_dataset_and_as_many_as_there_are_is_the_whole()
    {
        var whole = PaperData.Dataset("cifar10");
        Assert.Equal(whole, whole.Part(50_000, null).Value);
        var part = whole.Part(2048, 1000).Value!;
        Assert.Equal("cifar10 (2048 of 50000 train, 1000 of 10000 test)", part.ToString());
        Assert.Equal(whole, part.Whole());
        Assert.Equal("dataset.trainImages: found 50001, wanted at most the 50000 of cifar10 (50000 train, 10000 test)", Assert.Single(whole.Part(50_001, 10).Errors).ToString());
        var plan = SweepPlan.Of(PaperData.Draft("fig04"), whole).Value!;
        Assert.NotEqual(plan.Cells[0].SettingsHash, SweepPlan.Of(PaperData.Draft("fig04"), part.Part(2048, null)).Value!.Cells[0].SettingsHash);
        Assert.DoesNotContain("stored", SettingsText.Write(plan.Cells[0].Settings), StringComparison.Ordinal);
    }

    private static ScaledSweep Scale(SweepDraft draft, DatasetIdentity dataset, string time)
    {
        var hours = double.Parse(time[..^1], System.Globalization.CultureInfo.InvariantCulture) / time[^1] switch { 'm' => 60, 'h' => 1, _ => 1 / 24d };
        var scaled = ScaledSweep.Within(draft, dataset, TimeSpan.FromHours(hours), time, 1);
        Assert.Empty(scaled.Errors);
        return scaled.Value!;
    }
}
