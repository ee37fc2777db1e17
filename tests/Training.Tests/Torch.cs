using System.Runtime.CompilerServices;
using SmallBatch.Specs;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Loop;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Protocol;
using SmallBatch.Training.Verification;

namespace SmallBatch.Training.Tests;

/// <summary>libtorch, and small things to train.</summary>
internal static class Torch
{
    /// <summary>Every kind of layer, small.</summary>
    public const string TinyNetwork = ByteTest.Network;

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<DatasetIdentity, DatasetImages> Made = new();

    [ModuleInitializer]
    internal static void Load()
    {
        InstructionSet.Pin("best");
        ProcessSetup.PrepareForTorch(0);
        TorchLibrary.Load();
        TorchSharp.torch.set_num_threads(1);
    }

    public static SweepPlan Plan(string settings = "", string network = TinyNetwork, int trainImages = 50, int testImages = 30, int epochs = 3) =>
        TryPlan(settings, network, trainImages, testImages, epochs) is { Value: { } plan } ? plan
            : throw new InvalidOperationException(string.Join("; ", TryPlan(settings, network, trainImages, testImages, epochs).Errors));

    public static SpecResult<SweepPlan> TryPlan(string settings, string network, int trainImages, int testImages, int epochs)
    {
        var spec = $"name: t\ndataset: {{ kind: synthetic, trainImages: {trainImages}, testImages: {testImages} }}\nnetwork: n.yaml\n{(settings.StartsWith("batchSizes:") || settings.Contains("\nbatchSizes:") ? "" : "batchSizes: [4]\n")}baseLearningRates: [2^-6]\n{(settings.Contains("updates:") || settings.Contains("examples:") ? "" : $"epochs: {epochs}\n")}{settings}";
        return SweepPlan.Of(SweepDraft.Parse(spec, network), SyntheticDataset.Identity(trainImages, testImages));
    }

    public static TrainingRequest Request(SweepPlan plan, int m, string rate, int replicas, string folder, string stage = "grid")
    {
        Assert.True(BaseLearningRate.TryParse(rate, out var parsed));
        var settings = plan.Cell(m, parsed!).Settings;
        return new(settings, NetworkSpec.Parse(settings.NetworkText, "n").Value!, Images(settings.Dataset), stage, replicas, new TorchSharp.torch.Device("cpu"), folder, TimeSpan.FromHours(1));
    }

    private static DatasetImages Images(DatasetIdentity identity) => Made.GetOrAdd(identity, SyntheticImages.Make);

    /// <summary>Trains to the end; groups null measures.</summary>
    public static IReadOnlyList<string> Train(TrainingRequest request, IReadOnlyList<int>? groups = null) => Run(request, new(), [], groups).Outcomes!;

    /// <summary>Trains until the end or the observer's step.</summary>
    public static Ended Run(TrainingRequest request, Observer observer, IReadOnlyList<string> checkpoints, IReadOnlyList<int>? groups = null, TimeProvider? time = null, ShorterCheckpointFile? shorter = null)
    {
        var task = new TrainingTask(request);
        using var run = new ConfigurationRun(request, task, observer, time ?? TimeProvider.System);
        observer.Run = run;
        var (step, skipped) = run.Begin(checkpoints, shorter);
        using var training = new TrainingRun(task, [run], GroupSizing.Of(task, groups), time ?? TimeProvider.System);
        training.Train(_ => { });
        return new(step, skipped, run.Step, run.Stopped ? null : run.Outcomes);
    }

    /// <summary>How a run ended.</summary>
    public sealed record Ended(long ResumedFrom, IReadOnlyList<string> Skipped, long Step, IReadOnlyList<string>? Outcomes);

    /// <summary>Stops, with a checkpoint, once so many steps are done.</summary>
    public sealed class Observer(long stopAt = long.MaxValue) : IRunObserver
    {
        public long Step { get; set; }

        public string? Checkpoint { get; private set; }

        public List<long> CheckpointSteps { get; } = [];

        public List<(long Step, long Batches)> Work { get; } = [];

        public ConfigurationRun? Run { get; set; }

        public bool? StopRequested => Run is { } run && run.Step >= stopAt ? true : null;

        public void Progressed(long step, double imagesPerSecond) => Step = step;

        public void Worked(long step, long batches) => Work.Add((step, batches));

        public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy) => Step = step;

        public void CheckpointWritten(string path, long step, string sha256, long bytes, double seconds)
        {
            Checkpoint = path;
            CheckpointSteps.Add(step);
        }
    }
}

/// <summary>A folder that goes with the test.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("smallbatch-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
