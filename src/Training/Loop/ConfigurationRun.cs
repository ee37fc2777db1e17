using System.Text.Json;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Checkpoints;
using SmallBatch.Training.Networks;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Loop;

/// <summary>
/// One configuration of a run: its replicas, how far it is, its checkpoints and its outcomes. What it records depends on the
/// settings, the stage and each replica's number alone: not on the grouping, its neighbours, where it was resumed, or the clock.
/// </summary>
internal sealed class ConfigurationRun : IDisposable
{
    private readonly TrainingRequest request;
    private readonly TrainingTask task;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private readonly string settingsHash;
    private readonly Evaluation?[] final;
    private readonly long startedAt;
    private long lastCheckpointAt;
    private long lastCheckpointStep = -1;
    private long batches;

    public ConfigurationRun(TrainingRequest request, TrainingTask task, IRunObserver observer, TimeProvider time)
    {
        (this.request, this.task, this.observer, this.time) = (request, task, observer, time);
        settingsHash = SettingsText.Hash(request.Settings);
        Replicas = [.. Enumerable.Range(request.FirstReplica, request.Replicas).Select(r => new Replica(request.Settings, request.Stage, r))];
        final = new Evaluation?[request.Replicas];
        Pace = new(time);
        startedAt = lastCheckpointAt = time.GetTimestamp();
    }

    /// <summary>Its replicas.</summary>
    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Updates done.</summary>
    public long Step { get; private set; }

    /// <summary>Time since it was taken.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(startedAt);

    /// <summary>How fast it trains.</summary>
    public Pace Pace { get; }

    /// <summary>Whether every update is done, or no replica is left that could still change what is recorded.</summary>
    public bool Ended => Step >= task.Schedule.Plan.Updates || Replicas.All(r => r.Record.Diverged);

    /// <summary>Whether it was stopped.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Whether and how it is to stop.</summary>
    public bool? StopRequested => observer.StopRequested;

    /// <summary>Whether a checkpoint is due before the next update: by time, or since the learning rate drops.</summary>
    public bool CheckpointDue =>
        lastCheckpointStep != Step && Step > 0 && (task.Schedule.DropsAt(Step) || time.GetElapsedTime(lastCheckpointAt) >= request.CheckpointEvery);

    /// <summary>Each replica's outcome text, once it has ended.</summary>
    public IReadOnlyList<string> Outcomes => [.. Replicas.Select(r => r.Record.Outcome(request.Settings, final[r.Number - request.FirstReplica]).Write())];

    /// <summary>
    /// Resumes from the first of these checkpoints that is whole and belongs here, else from one of a shorter budget whose updates are the
    /// same, else starts anew; answers the step, and why others were skipped.
    /// </summary>
    public (long Step, IReadOnlyList<string> Skipped) Begin(IReadOnlyList<string> checkpoints, ShorterCheckpointFile? shorter = null)
    {
        var skipped = new List<string>();
        if (checkpoints.Any(path => Resumes(path, () => CheckpointFile.Read(path, settingsHash, request.Stage, request.Replicas), skipped))
            || (shorter is not null && Resumes(shorter.Path, () => ReadShorter(shorter), skipped)))
        {
            return (Step, skipped);
        }

        foreach (var replica in Replicas)
        {
            replica.Record.Clear();
            replica.Values = Initialisation.Values(task.Parameters, task.Settings.Optimizer, replica.Stream);
        }

        return (0, skipped);
    }

    private bool Resumes(string path, Func<(long Step, IReadOnlyDictionary<string, StoredTensor> Tensors)> read, List<string> skipped)
    {
        try
        {
            var (at, tensors) = read();
            RunCheckpoint.Restore(tensors, task, Replicas);
            Step = lastCheckpointStep = at;
            return true;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException or JsonException)
        {
            skipped.Add($"{Path.GetFileName(path)}: {failure.Message}");
            return false;
        }
    }

    /// <summary>Reads a shorter budget's checkpoint. Throws <see cref="InvalidDataException"/> where this run's first updates are not that one's to the bit.</summary>
    private (long Step, IReadOnlyDictionary<string, StoredTensor> Tensors) ReadShorter(ShorterCheckpointFile file)
    {
        var shorter = SettingsText.Read(file.SettingsText);
        var read = CheckpointFile.Read(file.Path, SettingsText.Hash(shorter), request.Stage, request.Replicas);
        var shared = SharedUpdates.Resumable(shorter, request.Settings);
        return read.Step <= shared && new Schedule(shorter).ScoredSteps.Concat(task.Schedule.ScoredSteps).All(s => s > read.Step)
            ? read
            : throw new InvalidDataException($"it is of update {read.Step} on a budget of {shorter.Updates}, wanted one before the scored ones and of the {shared} that a budget of {request.Settings.Updates} begins with too");
    }

    /// <summary>One more update was done.</summary>
    public void Advance(int images)
    {
        Step++;
        Pace.Trained(images * Replicas.Count);
    }

    /// <summary>It trains no further.</summary>
    public void Stop() => Stopped = true;

    /// <summary>Takes an evaluation of a replica, and the one on images that were kept back; answers whether they were finite.</summary>
    public bool Record(Replica replica, Evaluation evaluation, Evaluation? validation, EpochFigures? trained, int epoch)
    {
        if (!double.IsFinite(evaluation.Loss) || validation is { Loss: var loss } && !double.IsFinite(loss))
        {
            // Weights or running statistics overflowed in a step whose own loss was still finite.
            return false;
        }

        if (task.Schedule.ScoredSteps.Contains(Step))
        {
            replica.Record.Scored.Add(evaluation.Accuracy);
            if (validation is not null)
            {
                replica.Record.ScoredOnValidation.Add(validation.Accuracy);
            }
        }

        if (trained is { } figures)
        {
            double? norm = double.IsFinite(figures.GradientNorm) ? figures.GradientNorm : null;
            replica.Record.Curve.Add(new(epoch, Step, figures.Loss, figures.Accuracy, evaluation.Loss, evaluation.Accuracy, norm, validation?.Loss, validation?.Accuracy));
            final[replica.Number - request.FirstReplica] = evaluation;
        }

        return true;
    }

    /// <summary>Says that an epoch ended.</summary>
    public void EndEpoch(int epoch) => observer.EpochEnded(
        epoch, Step, Pace.TakeEpoch(), [.. Replicas.Select(r => r.Record.Diverged ? (double?)null : r.Record.Curve[^1].ValidationAccuracy ?? r.Record.Curve[^1].TestAccuracy)]);

    /// <summary>Says, every now and then, that it makes progress.</summary>
    public void TellProgress(TimeSpan every)
    {
        if (Pace.SinceLastWord >= every)
        {
            observer.Progressed(Step, Pace.TakeWord());
        }
    }

    /// <summary>One more batch was done between two steps; says so every now and then.</summary>
    public void TellWork(TimeSpan every)
    {
        batches++;
        if (Pace.SinceLastWord >= every)
        {
            Pace.Spoke();
            observer.Worked(Step, batches);
        }
    }

    /// <summary>Writes a checkpoint of these values, unless that was done at this step.</summary>
    public void WriteCheckpoint(IReadOnlyList<ReplicaValues> values)
    {
        if (lastCheckpointStep == Step)
        {
            return;
        }

        var began = time.GetTimestamp();
        var identity = new CheckpointIdentity(settingsHash, request.Stage, request.Replicas, Step);
        var (path, sha256, bytes) = CheckpointFile.Write(request.ScratchFolder, identity, RunCheckpoint.Take(task, Replicas, values));
        lastCheckpointAt = time.GetTimestamp();
        lastCheckpointStep = Step;
        observer.CheckpointWritten(path, Step, sha256, bytes, time.GetElapsedTime(began).TotalSeconds);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var replica in Replicas)
        {
            replica.Dispose();
        }
    }
}
