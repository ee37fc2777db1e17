using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Outcomes;
using SmallBatch.Training.Checkpoints;
using SmallBatch.Training.Loop;

namespace SmallBatch.Training.Tests;

/// <summary>A replica's bytes depend on settings, stage and number alone.</summary>
public sealed class ExactnessTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("augment: true")]
    [InlineData("batchNorm: conv\noptimizer: { kind: sgd, momentum: 0.9, nesterov: true }\nweightDecay: 1e-3")]
    [InlineData("batchNorm: none\noptimizer: adamw")]
    [InlineData("groupNorm: 2\nbatchNormBatchSize: 2\nwarmup: { fraction: 0.2, from: 1/32 }")]
    [InlineData("batchNormBatchSize: 2\nbatchGrowth: [{ at: 0.5, factor: 2 }]\nupdateVariance: { at: [0, 0.5, 1], batches: 3, batchSizes: [2, 5] }")]
    [InlineData("batchGrowth: [{ at: 0.5, factor: 5 }]")]
    [InlineData("precision: bfloat16")]
    public void Every_partition_of_five_replicas_gives_the_same_bytes(string settings)
    {
        var request = Torch.Request(Torch.Plan(settings), 4, "2^-6", 5, folder.Path);
        var together = Torch.Train(request, [5]);
        foreach (var partition in Partitions(5))
        {
            Assert.Equal(together, Torch.Train(request, partition));
        }
    }

    [Theory]
    [InlineData("resnet8", 2)]
    [InlineData("resnet8", 15)]
    [InlineData("resnet20", 8)]
    [InlineData("alexnet", 8)]
    public void Built_in_networks_too_whatever_sizes_measuring_chooses(string network, int m)
    {
        var plan = Torch.Plan($"batchNorm: all\nbatchSizes: [{m}]", BuiltInNetworks.Find(network)!, trainImages: 5 * m, testImages: 20, epochs: 2);
        var request = Torch.Request(plan, m, "2^-8", 5, folder.Path);
        var together = Torch.Train(request, [5]);
        Assert.Equal(together, Torch.Train(request, [2, 3]));
        Assert.Equal(together, Torch.Train(request, [1, 4]));
        Assert.Equal(together, Torch.Train(request));
    }

    [Fact]
    public void A_replica_is_the_same_whatever_the_number_of_its_neighbours()
    {
        var plan = Torch.Plan();
        Assert.Equal(Torch.Train(Torch.Request(plan, 4, "2^-6", 3, folder.Path))[0], Torch.Train(Torch.Request(plan, 4, "2^-6", 1, folder.Path))[0]);
    }

    [Fact]
    public void Another_stage_another_seed_and_another_number_are_other_replicas()
    {
        var plan = Torch.Plan();
        var grid = Torch.Train(Torch.Request(plan, 4, "2^-6", 2, folder.Path));
        var confirm = Torch.Train(Torch.Request(plan, 4, "2^-6", 1, folder.Path, "confirm"));
        var seeded = Torch.Train(Torch.Request(Torch.Plan("seed: 2"), 4, "2^-6", 1, folder.Path));
        var losses = grid.Concat(confirm).Concat(seeded).Select(o => OutcomeDocument.Read(o).FinalTrainLoss).ToList();
        Assert.Equal(4, losses.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("augment: true\nweightDecay: 1e-3\nschedule: { dropAt: [0.3, 0.6], factor: 0.5 }\nbatchNorm: conv")]
    [InlineData("batchNorm: none\nbnMomentum: 0.1\nreplicas: 2")]
    [InlineData("optimizer: { kind: sgd, momentum: 0.9, nesterov: true }\nwarmup: { fraction: 0.3, from: 1/32 }")]
    [InlineData("optimizer: adamw\ngroupNorm: 2\nupdateVariance: { at: [0, 0.18, 0.5, 1], batches: 3, batchSizes: [2, 5] }")]
    [InlineData("batchNormBatchSize: 2\nbatchGrowth: [{ at: 0.4, factor: 2 }]")]
    [InlineData("batchSizes: [16]\nbatchGrowth: [{ at: 0.4, factor: 2 }]\nupdateVariance: { at: [0, 1], batches: 3, batchSizes: [2, 5] }", 16)]
    public void Resumed_at_any_step_it_ends_with_the_same_bytes(string settings, int m = 4)
    {
        var request = Torch.Request(Torch.Plan(settings), m, "2^-6", 3, folder.Path);
        var undisturbed = Torch.Train(request);
        foreach (var stop in new long[] { 1, 7, 13, 20, 26, 38 }.Where(s => s < request.Settings.Updates))
        {
            var second = Torch.Run(request, new(), [Stop(request, stop)], [3]);
            Assert.Equal(stop, second.ResumedFrom);
            Assert.Empty(second.Skipped);
            Assert.Equal(undisturbed, second.Outcomes);
        }
    }

    [Fact]
    public void A_step_is_written_down_once_whatever_asks_for_it()
    {
        // At step 19 the rate drops; every step is due by time; and the job is stopped there.
        var request = Torch.Request(Torch.Plan(), 4, "2^-6", 2, folder.Path) with { CheckpointEvery = TimeSpan.Zero };
        var observer = new Torch.Observer(stopAt: 19);
        Assert.Null(Torch.Run(request, observer, []).Outcomes);
        Assert.Equal(Enumerable.Range(1, 19).Select(s => (long)s), observer.CheckpointSteps);
        var again = new Torch.Observer(stopAt: 0);
        Assert.Null(Torch.Run(request, again, [observer.Checkpoint!]).Outcomes);
        Assert.Empty(again.CheckpointSteps);
    }

    [Fact]
    public void A_replica_that_diverges_leaves_its_neighbours_bits_alone()
    {
        // Without normalisation and at a high rate some seeds overflow and some do not.
        var plan = Torch.Plan("batchNorm: none");
        var outcomes = new[] { "2^-2", "0.2", "0.15", "0.1", "0.07" }
            .Select(rate => (rate, together: Torch.Train(Torch.Request(plan, 4, rate, 6, folder.Path), [6])))
            .First(r => Mixed(r.together));
        var alone = Torch.Train(Torch.Request(plan, 4, outcomes.rate, 6, folder.Path), [2, 2, 2]);
        Assert.Equal(outcomes.together, alone);
        var diverged = outcomes.together.Select(OutcomeDocument.Read).First(o => o.Outcome == "diverged");
        Assert.True(diverged.DivergedAtStep >= 1);
        Assert.Null(diverged.Score);
    }

    [Fact]
    public void A_job_whose_replicas_have_all_diverged_ends_at_once()
    {
        var request = Torch.Request(Torch.Plan("batchNorm: none"), 4, "2^20", 2, folder.Path);
        var run = Torch.Run(request, new(), []);
        Assert.All(run.Outcomes!, o => Assert.Equal("diverged", OutcomeDocument.Read(o).Outcome));
        Assert.Equal(request.Settings.Plan.EpochEnd(1), run.Step);
    }

    [Fact]
    public void A_damaged_checkpoint_is_skipped_with_the_reason_and_the_one_before_is_used()
    {
        var request = Torch.Request(Torch.Plan(), 4, "2^-6", 2, folder.Path);
        var undisturbed = Torch.Train(request);
        var older = Stop(request, 5);
        var newer = Stop(request, 9);
        var bytes = File.ReadAllBytes(newer);
        foreach (var (damage, at) in new[] { (1, 3), (1, 200), (1, bytes.Length - 1), (0, bytes.Length / 2) })
        {
            var damaged = damage == 0 ? bytes[..at] : [.. bytes[..at], (byte)(bytes[at] ^ 1), .. bytes[(at + 1)..]];
            File.WriteAllBytes(newer, damaged);
            var run = Torch.Run(request, new(), [newer, older]);
            Assert.Equal(5, run.ResumedFrom);
            Assert.StartsWith(Path.GetFileName(newer), Assert.Single(run.Skipped), StringComparison.Ordinal);
            Assert.Equal(undisturbed, run.Outcomes);
        }
    }

    [Fact]
    public void A_checkpoint_of_other_settings_is_not_resumed_from()
    {
        var request = Torch.Request(Torch.Plan(), 4, "2^-6", 2, folder.Path);
        var checkpoint = Stop(request, 5);
        var run = Torch.Run(Torch.Request(Torch.Plan(), 4, "2^-5", 2, folder.Path), new(), [checkpoint]);
        Assert.Equal(0, run.ResumedFrom);
        Assert.Contains("its settingsHash is", Assert.Single(run.Skipped), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_format_version_or_stage_or_other_replicas_is_not_resumed_from()
    {
        var request = Torch.Request(Torch.Plan(), 4, "2^-6", 2, folder.Path);
        var (metadata, tensors) = Safetensors.Read(File.ReadAllBytes(Stop(request, 5)));
        var other = Path.Combine(folder.Path, "other");
        foreach (var (key, value) in new[] { ("format", "smallbatch-checkpoint-2"), ("stage", "confirm"), ("replicas", "3") })
        {
            File.WriteAllBytes(other, Safetensors.Write(metadata.Where(m => m.Key != "sha256").ToDictionary(m => m.Key, m => m.Key == key ? value : m.Value), [.. tensors.Values]));
            var run = Torch.Run(request, new(1), [other]);
            Assert.Equal(0, run.ResumedFrom);
            Assert.StartsWith($"other: its {key} is {value}, wanted", Assert.Single(run.Skipped), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_checkpoint_is_laid_out_as_safetensors()
    {
        var file = Safetensors.Write(new Dictionary<string, string> { ["format"] = "x" }, [new("w", "F32", [2], [0, 0, 128, 63, 0, 0, 0, 64])]);
        var length = BitConverter.ToInt64(file);
        var header = System.Text.Encoding.UTF8.GetString(file, 8, (int)length).TrimEnd();
        Assert.Equal(0, length % 8);
        Assert.Matches("""^\{"__metadata__":\{"format":"x","sha256":"[0-9a-f]{64}"\},"w":\{"dtype":"F32","shape":\[2\],"data_offsets":\[0,8\]\}\}$""", header);
        Assert.Equal([0, 0, 128, 63, 0, 0, 0, 64], file[^8..]);
    }

    private static string Stop(TrainingRequest request, long step)
    {
        var observer = new Torch.Observer(step);
        Assert.Null(Torch.Run(request, observer, []).Outcomes);
        return observer.Checkpoint!;
    }

    private static bool Mixed(IReadOnlyList<string> outcomes) => outcomes.Select(o => OutcomeDocument.Read(o).Outcome == "diverged").Distinct().Count() == 2;

    private static IEnumerable<int[]> Partitions(int total) => total switch
    {
        0 => [[]],
        _ => Enumerable.Range(1, total).SelectMany(first => Partitions(total - first).Select(rest => (int[])[first, .. rest])),
    };
}
