using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Datasets;
using static TorchSharp.torch;

namespace SmallBatch.Training.Loop;

/// <summary>One configuration to train, checked and loaded.</summary>
internal sealed record TrainingRequest(
    TrainingSettings Settings,
    NetworkSpec Network,
    DatasetImages Data,
    string Stage,
    int Replicas,
    Device Device,
    string ScratchFolder,
    TimeSpan CheckpointEvery,
    int FirstReplica = 0);

/// <summary>How a run is told to stop, and what it tells.</summary>
internal interface IRunObserver
{
    /// <summary>Null to go on; else whether to write a last checkpoint before stopping.</summary>
    bool? StopRequested { get; }

    /// <summary>It makes progress.</summary>
    void Progressed(long step, double imagesPerSecond);

    /// <summary>It evaluates or measures between two steps, and has done so many batches of that.</summary>
    void Worked(long step, long batches);

    /// <summary>An epoch ended; accuracies are null where a replica diverged.</summary>
    void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy);

    /// <summary>A checkpoint is on disk.</summary>
    void CheckpointWritten(string path, long step, string sha256, long bytes, double seconds);
}
