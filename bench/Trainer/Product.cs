using System.Runtime.InteropServices;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;
using static TorchSharp.torch;

namespace SmallBatch.Bench.Trainer;

/// <summary>The trainer as the product runs it: the step program, data from bytes, replicas in groups whose sizes are measured first.</summary>
internal sealed class Product : IRunObserver, IDisposable
{
    /// <summary>Replicas of every row.</summary>
    public const int Replicas = 5;

    private const int TrainImages = 1024;
    private const int TestImages = 256;
    private static DatasetImages? images;
    private readonly ConfigurationRun run;
    private readonly TrainingTask task;
    private readonly List<ReplicaGroup> groups = [];
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-bench-").FullName;
    private readonly BatchBuilder builder;
    private readonly float[] buffer;
    private long step;

    /// <summary>Ready to step; with <paramref name="sizes"/> no sizes are measured.</summary>
    public Product(string network, int m, bool augment = false, string weightDecay = "1e-4", IReadOnlyList<int>? sizes = null)
    {
        var request = Request(network, m, augment, weightDecay, folder, epochs: 10_000, TimeSpan.FromDays(1));
        task = new(request);
        run = new(request, task, this, TimeProvider.System);
        run.Begin([]);
        builder = new(task.Data);
        buffer = new float[m * Replicas * task.Data.Train.ImageBytes];
        var sizing = GroupSizing.Of(task, sizes);
        Gather(sizing.Sizes(Replicas));
        while (sizing.Measures)
        {
            // By CPU time: on a shared machine the clock measures the others.
            sizing.Took(whole: true, TimeSpan.FromSeconds(Rate.Once(() => Step()).Cpu));
            if (sizing.Changes)
            {
                Gather(sizing.Sizes(Replicas));
            }
        }
    }

    /// <inheritdoc/>
    public bool? StopRequested => null;

    /// <summary>The last checkpoint.</summary>
    public (string Path, long Step, long Bytes) Checkpoint { get; private set; }

    /// <summary>Sizes of its groups.</summary>
    public string Sizes => string.Join("+", groups.Select(g => g.Replicas.Count));

    /// <summary>One update of every replica; answers their images.</summary>
    public int Step()
    {
        var place = task.Schedule.Plan.At(step);
        groups.ForEach(g => g.Step(step));
        step++;
        return place.Count * Replicas;
    }

    /// <summary>Evaluates every replica; answers images times replicas.</summary>
    public int Evaluate()
    {
        groups.ForEach(g => g.Evaluate(task.Data.Test, () => { }));
        return TestImages * Replicas;
    }

    /// <summary>Builds the batches of one step as the groups do, and nothing else; answers their images.</summary>
    public int BuildBatches()
    {
        var (train, m) = (task.Data.Train, task.Settings.BatchSize);
        foreach (var group in groups)
        {
            var count = group.Replicas.Count;
            for (var g = 0; g < count; g++)
            {
                for (var i = 0; i < m; i++)
                {
                    ImageCrop? crop = task.Settings.Augment ? ImageCrop.Random(group.Replicas[g].Stream, 0, i, train) : null;
                    builder.Put(buffer, i, g, count, train, i, crop);
                }
            }

            using var batch = empty(m * count * train.ImageBytes);
            buffer.AsSpan(0, (int)batch.numel()).CopyTo(MemoryMarshal.Cast<byte, float>(batch.bytes));
        }

        return m * Replicas;
    }

    /// <summary>Writes a checkpoint of every replica, its hash and the flush included.</summary>
    public void WriteCheckpoint()
    {
        var values = groups.SelectMany(g => g.Replicas.Select(g.Copy)).ToList();
        run.Advance(0);
        run.WriteCheckpoint(values);
        values.ForEach(v => v.Dispose());
    }

    /// <inheritdoc/>
    public void Progressed(long step, double imagesPerSecond)
    {
    }

    /// <inheritdoc/>
    public void Worked(long step, long batches)
    {
    }

    /// <inheritdoc/>
    public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy)
    {
    }

    /// <inheritdoc/>
    public void CheckpointWritten(string path, long step, string sha256, long bytes, double seconds) => Checkpoint = (path, step, bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        groups.ForEach(g => g.Dispose());
        run.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A configuration on synthetic images.</summary>
    public static TrainingRequest Request(string network, int m, bool augment, string weightDecay, string folder, int epochs, TimeSpan checkpointEvery)
    {
        var identity = SyntheticDataset.Identity(TrainImages, TestImages);
        var spec = $"name: bench\ndataset: {{ kind: synthetic, trainImages: {TrainImages}, testImages: {TestImages} }}\nnetwork: {network}\nbatchNorm: all\n"
            + $"batchSizes: [{m}]\nbaseLearningRates: [2^-12]\nepochs: {epochs}\nweightDecay: {weightDecay}\naugment: {(augment ? "true" : "false")}\n";
        var plan = SweepPlan.Of(SweepDraft.Parse(spec, null), identity);
        var settings = (plan.Value ?? throw new InvalidOperationException(string.Join("; ", plan.Errors))).Cell(m, BaseLearningRate.PowerOfTwo(-12)).Settings;
        images ??= SyntheticImages.Make(identity);
        return new(settings, NetworkSpec.Parse(settings.NetworkText, network).Value!, images, "grid", Replicas, CPU, folder, checkpointEvery);
    }

    private void Gather(IReadOnlyList<int> sizes)
    {
        groups.ForEach(g => g.Release());
        groups.Clear();
        var first = 0;
        foreach (var size in sizes)
        {
            groups.Add(new(task, run.Replicas.Skip(first).Take(size).ToList()));
            first += size;
        }

        // The first step of a cut warms up.
        Step();
    }
}
