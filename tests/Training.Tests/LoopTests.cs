using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Tests;

public sealed class LoopTests
{
    [Fact]
    public void The_learning_rate_follows_the_batch_and_the_drops()
    {
        var schedule = new Schedule(Torch.Plan("schedule: { dropAt: [0.5, 0.75], factor: 0.1 }").Cells[0].Settings);
        Assert.Equal([1, 1, 1, 0.1, 0.1, 0.01, 0.01], new long[] { 0, 1, 19, 20, 28, 29, 38 }.Select(s => Math.Round(schedule.RateFactor(s), 12)));
    }

    [Fact]
    public void A_warm_up_rises_step_by_step_and_then_the_schedule_goes_on()
    {
        var schedule = new Schedule(Torch.Plan("warmup: { fraction: 0.25, from: 1/32 }").Cells[0].Settings);
        Assert.Equal(1 / 32.0, schedule.RateFactor(0), 15);
        Assert.Equal((1 / 32.0) + (31 / 32.0 * 5 / 10), schedule.RateFactor(5), 15);
        Assert.Equal([1, 1, 0.1], new long[] { 10, 19, 20 }.Select(s => Math.Round(schedule.RateFactor(s), 12)));
    }

    [Fact]
    public void A_batch_that_grows_keeps_the_learning_rate()
    {
        // 50 images, m = 4: 13 updates in each of 2 epochs, then m = 20: 3 updates in each of 2, the last of 10 images.
        var settings = Torch.Plan("batchGrowth: [{ at: 0.5, factor: 5 }]\nschedule: { dropAt: [] }", epochs: 4).Cells[0].Settings;
        var schedule = new Schedule(settings);
        Assert.Equal(32, settings.Updates);
        Assert.Equal((2, 0, 20, 20), Place(26));
        Assert.Equal((3, 40, 10, 20), Place(31));
        Assert.Equal(4 * schedule.RateFactor(0), 20 * schedule.RateFactor(26), 15);
        Assert.Equal([13, 26, 29, 32], Enumerable.Range(1, 4).Select(schedule.Plan.EpochEnd));

        (int, int, int, int) Place(long step) => schedule.Plan.At(step) is var p ? (p.Epoch, p.First, p.Count, p.FullBatch) : default;
    }

    [Theory]
    [InlineData("updates: 30", 30, 3)]
    [InlineData("updates: 26", 26, 2)]
    [InlineData("examples: 101", 27, 3)]
    [InlineData("examples: 100", 26, 2)]
    public void Budgets_in_updates_and_examples_end_where_they_say(string budget, long updates, int epochs)
    {
        var settings = Torch.Plan(budget).Cells[0].Settings;
        Assert.Equal((updates, epochs), (settings.Updates, settings.Epochs));
        Assert.Equal(updates, new Schedule(settings).ScoredSteps[^1]);
    }

    [Fact]
    public void Batches_between_steps_are_told_of_as_progress()
    {
        using var folder = new TempFolder();
        var observer = new Torch.Observer();
        Torch.Run(Torch.Request(Torch.Plan("", epochs: 2), 4, "2^-6", 2, folder.Path), observer, [], time: new Hurried());

        // 30 test images are one batch; two epochs, and every score has its own evaluation.
        Assert.NotEmpty(observer.Work);
        Assert.Equal(observer.Work.OrderBy(w => w.Batches).Distinct(), observer.Work);
        Assert.All(observer.Work, w => Assert.InRange(w.Batches, 1, 2 * 30));
    }

    [Fact]
    public void A_sample_draws_each_image_once_and_every_image_equally_often()
    {
        var stream = new ReplicaStream(1, "grid", 0);
        var counts = new int[20];
        for (var index = 0; index < 4000; index++)
        {
            var sample = stream.Sample(3, index, 5, 20);
            Assert.Equal(5, sample.Distinct().Count());
            Array.ForEach(sample, i => counts[i]++);
        }

        // Mean 1000, deviation 27.4: four of them.
        Assert.All(counts, c => Assert.InRange(c, 890, 1110));
    }

    [Fact]
    public void Running_statistics_forget_per_example()
    {
        var schedule = new Schedule(Torch.Plan().Cells[0].Settings);
        Assert.Equal(0.1, schedule.NormMomentum(128), 12);
        Assert.Equal(Math.Pow(1 - schedule.NormMomentum(2), 64), 1 - schedule.NormMomentum(128), 12);
    }

    [Fact]
    public void Five_evaluations_after_the_last_drop_make_the_score_of_a_short_run_and_the_last_five_epochs_that_of_a_long_one()
    {
        Assert.Equal([31, 33, 35, 37, 39], new Schedule(Torch.Plan().Cells[0].Settings).ScoredSteps);
        Assert.Equal([36 * 13, 37 * 13, 38 * 13, 39 * 13, 40 * 13], new Schedule(Torch.Plan().Cells[0].Settings with { EpochBudget = 40 }).ScoredSteps);
    }

    [Fact]
    public void Chance_is_bounded_by_the_binomial_quantile()
    {
        // scipy.stats.binom.ppf(0.999, 1000, 0.1) = 130, binom.ppf(0.999, 30, 0.1) = 9
        Assert.Equal(0.130, Scores.ChanceBound(Torch.Plan(testImages: 1000).Cells[0].Settings), 12);
        Assert.Equal(9 / 30.0, Scores.ChanceBound(Torch.Plan().Cells[0].Settings), 12);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(3, "3")]
    [InlineData(5, "5 3+2")]
    [InlineData(8, "8 4+4 2+2+2+2")]
    [InlineData(20, "10+10 5+5+5+5 3+3+3+3+2+2+2+2 2+2+2+2+2+2+2+2+2+2")]
    public void Replicas_are_cut_into_groups_of_at_least_two(int replicas, string cuts) =>
        Assert.Equal(cuts, string.Join(' ', GroupSizing.Candidates(replicas, 16).Select(c => string.Join('+', c))));

    [Theory]
    [InlineData("batchSizes: [15]", 15, "2+3")]
    [InlineData("batchSizes: [16]", 16, "1+1+1+1+1")]
    [InlineData("batchSizes: [20]\nbatchNormBatchSize: 4", 20, "2+3")]
    [InlineData("batchSizes: [8]\nbatchGrowth: [{ at: 0.5, factor: 4 }]", 8, "2+3")]
    public void From_16_images_a_pass_replicas_train_alone_whatever_groups_are_asked_for(string settings, int m, string groups)
    {
        using var folder = new TempFolder();
        var task = new TrainingTask(Torch.Request(Torch.Plan(settings), m, "2^-6", 5, folder.Path));
        Assert.Equal(groups, string.Join('+', GroupSizing.Of(task, [2, 3]).Sizes(5)));
    }

    [Fact]
    public void Synthetic_images_are_the_same_every_time_and_their_classes_are_balanced()
    {
        var identity = Torch.Plan().Dataset;
        var (one, other) = (SyntheticImages.Make(identity), SyntheticImages.Make(identity));
        Assert.All(Enumerable.Range(0, one.Train.Count), i => Assert.True(one.Train.Image(i).SequenceEqual(other.Train.Image(i))));
        Assert.All(one.Train.Labels.GroupBy(l => l), g => Assert.Equal(5, g.Count()));
        Assert.False(one.Train.Image(0).SequenceEqual(one.Test.Image(0)));
    }

    [Fact]
    public void A_crop_moves_the_image_and_fills_with_zeros()
    {
        var pixels = Enumerable.Range(0, 3072).Select(i => (byte)(i % 251)).ToArray();
        var set = new ImageSet(1, 3, 32, 32, pixels, [0]);
        var data = new DatasetImages(set, set, 10);
        var builder = new BatchBuilder(data);
        var (plain, moved) = (new float[2 * 3072], new float[2 * 3072]);
        builder.Put(plain, 0, 1, 2, set, 0, null);
        builder.Put(moved, 0, 1, 2, set, 0, new(-4, 4, 32, true));
        float At(float[] batch, int y, int x, int c) => batch[(((y * 32) + x) * 6) + 3 + c];
        Assert.Equal(data.Normalised[1][pixels[1024 + 33]], At(plain, 1, 1, 1));
        Assert.Equal(0, At(moved, 3, 10, 0));
        Assert.Equal(At(plain, 6, 31 - 10 + 4, 2), At(moved, 10, 10, 2));
        Assert.All(Enumerable.Range(0, 32), x => Assert.Equal(0, plain[x * 6]));
    }

    [Fact]
    public void The_hash_of_a_version_name_is_that_of_the_ELF_specification()
    {
        // As readelf -V prints them for GLIBC_2.2.5 and GLIBCXX_3.4.
        Assert.Equal(0x09691a75u, TorchLibrary.ElfHash("GLIBC_2.2.5"));
        Assert.Equal(0x08922974u, TorchLibrary.ElfHash("GLIBCXX_3.4"));
    }

    /// <summary>A second passes between any two looks at the clock.</summary>
    private sealed class Hurried : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++now;
    }
}
