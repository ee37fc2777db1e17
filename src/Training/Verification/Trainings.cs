using SmallBatch.Training.Loop;

namespace SmallBatch.Training.Verification;

/// <summary>Trains the trials of the byte test as a job is trained.</summary>
internal sealed class Trainings(TimeProvider time)
{
    /// <summary>Each replica's outcome. Checkpoints lie in a folder of their own, gone afterwards.</summary>
    public IReadOnlyList<string> Run(ByteTrial trial)
    {
        var folder = Directory.CreateTempSubdirectory("smallbatch-verify-").FullName;
        try
        {
            var request = trial.Request with { ScratchFolder = folder };
            var checkpoint = trial.StopAfter is { } step ? Train(request, trial.Groups, [], step).Checkpoint : null;
            return Train(request, checkpoint is null ? trial.Groups : trial.GroupsResumed, checkpoint is null ? [] : [checkpoint], long.MaxValue).Outcomes;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private (IReadOnlyList<string> Outcomes, string? Checkpoint) Train(TrainingRequest request, IReadOnlyList<int> groups, IReadOnlyList<string> checkpoints, long stopAfter)
    {
        var task = new TrainingTask(request);
        var observer = new Observer(stopAfter);
        using var run = observer.Run = new ConfigurationRun(request, task, observer, time);
        if (run.Begin(checkpoints).Skipped is [var skipped, ..])
        {
            throw new InvalidDataException($"the checkpoint just written could not be read: {skipped}");
        }

        using var training = new TrainingRun(task, [run], GroupSizing.Of(task, groups), time);
        training.Train(_ => { });
        return (run.Stopped ? [] : run.Outcomes, observer.Checkpoint);
    }

    private sealed class Observer(long stopAfter) : IRunObserver
    {
        public ConfigurationRun? Run { get; set; }

        public string? Checkpoint { get; private set; }

        public bool? StopRequested => Run?.Step >= stopAfter ? true : null;

        public void Progressed(long step, double imagesPerSecond)
        {
        }

        public void Worked(long step, long batches)
        {
        }

        public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy)
        {
        }

        public void CheckpointWritten(string path, long step, string sha256, long bytes, double seconds) => Checkpoint = path;
    }
}
