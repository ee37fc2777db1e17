using SmallBatch.Specs.Settings;
using SmallBatch.Training.Checkpoints;
using SmallBatch.Training.Networks;

namespace SmallBatch.Training.Loop;

/// <summary>
/// One configuration from its first step, or a checkpoint, to its outcomes. What it records depends on the settings, the
/// stage and each replica's number alone: not on the grouping, nor on where it was resumed, nor on the clock.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    /// <summary>Divergence is read from the device at multiples of this many steps and at the ends of epochs.</summary>
    private const int ReadEvery = 100;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);
    private readonly TrainingRequest request;
    private readonly TrainingSettings settings;
    private readonly IRunObserver observer;
    private readonly TimeProvider time;
    private readonly Schedule schedule;
    private readonly string settingsHash;
    private readonly List<ReplicaGroup> groups = [];
    private readonly List<ReplicaRecord> records;
    private readonly Evaluation?[] final;
    private readonly Pace pace;
    private long step;
    private long startedAt;
    private long lastCheckpointAt;
    private long lastCheckpointStep = -1;

    public TrainingRun(TrainingRequest request, IRunObserver observer, TimeProvider time, IReadOnlyList<int>? groupSizes = null)
    {
        (this.request, this.observer, this.time) = (request, observer, time);
        settings = request.Settings;
        schedule = new(settings);
        settingsHash = SettingsText.Hash(settings);
        records = [.. Enumerable.Range(0, request.Replicas).Select(r => new ReplicaRecord(r))];
        final = new Evaluation?[request.Replicas];
        pace = new(time);
        var first = 0;
        foreach (var size in groupSizes ?? ReplicaGroups.Sizes(request.Replicas, settings.BatchSize))
        {
            groups.Add(new(settings, request.Network, request.Data, schedule, request.Stage, [.. Enumerable.Range(first, size)], request.Device));
            first += size;
        }
    }

    /// <summary>Updates done.</summary>
    public long Step => step;

    /// <summary>Time since <see cref="Begin"/>.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(startedAt);

    /// <summary>Resumes from the first of these checkpoints that is whole and belongs here, else starts anew; answers the step, and why others were skipped.</summary>
    public (long Step, IReadOnlyList<string> Skipped) Begin(IReadOnlyList<string> checkpoints)
    {
        var skipped = new List<string>();
        startedAt = time.GetTimestamp();
        lastCheckpointAt = startedAt;
        foreach (var path in checkpoints)
        {
            try
            {
                var (at, tensors) = CheckpointFile.Read(path, settingsHash, request.Stage, request.Replicas);
                RunCheckpoint.Restore(tensors, groups, records);
                step = lastCheckpointStep = at;
                return (step, skipped);
            }
            catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                skipped.Add($"{Path.GetFileName(path)}: {failure.Message}");
            }
        }

        groups.ForEach(g => g.Initialise());
        records.ForEach(r => { r.Curve.Clear(); r.Scored.Clear(); r.DivergedAtStep = 0; });
        return (0, skipped);
    }

    /// <summary>Trains to the end; answers each replica's outcome text, or null where it was stopped first.</summary>
    public IReadOnlyList<string>? Train()
    {
        pace.Restart();
        while (step < settings.Updates && !records.All(r => r.Diverged))
        {
            if (observer.StopRequested is { } checkpoint)
            {
                if (checkpoint && lastCheckpointStep != step)
                {
                    WriteCheckpoint();
                }

                return null;
            }

            Advance();
        }

        return [.. records.Select(r => r.Outcome(settings, final[r.Replica]).Write())];
    }

    /// <inheritdoc/>
    public void Dispose() => groups.ForEach(g => g.Dispose());

    private void Advance()
    {
        if (step > 0 && schedule.DropsAt(step) && lastCheckpointStep != step)
        {
            WriteCheckpoint();
        }

        foreach (var group in groups)
        {
            group.Step(step);
        }

        var images = Math.Min(settings.BatchSize, settings.Dataset.TrainImages - (int)(step % settings.UpdatesPerEpoch * settings.BatchSize));
        pace.Trained(images * request.Replicas);
        step++;
        var epochEnds = step % settings.UpdatesPerEpoch == 0;
        if (epochEnds || step % ReadEvery == 0)
        {
            ReadDivergence();
        }

        if (epochEnds || schedule.ScoredSteps.Contains(step))
        {
            pace.Pause();
            Evaluate(epochEnds);
            pace.Continue();
        }

        if (pace.SinceLastWord >= ProgressEvery)
        {
            observer.Progressed(step, pace.TakeWord());
        }

        if (time.GetElapsedTime(lastCheckpointAt) >= request.CheckpointEvery && step < settings.Updates)
        {
            WriteCheckpoint();
        }
    }

    private void ReadDivergence()
    {
        foreach (var group in groups)
        {
            var bad = group.FirstBadSteps();
            for (var g = 0; g < bad.Length; g++)
            {
                records[group.Replicas[g]].DivergedAtStep = bad[g];
            }
        }
    }

    private void Evaluate(bool epochEnds)
    {
        var epoch = (int)(step / settings.UpdatesPerEpoch);
        foreach (var group in groups)
        {
            var evaluations = group.Evaluate();
            var trained = epochEnds ? group.TakeEpoch(settings.Dataset.TrainImages) : [];
            for (var g = 0; g < evaluations.Length; g++)
            {
                Record(records[group.Replicas[g]], evaluations[g], epochEnds ? trained[g] : null, epoch);
            }
        }

        if (epochEnds)
        {
            observer.EpochEnded(epoch, step, pace.TakeEpoch(), [.. records.Select(r => r.Diverged ? (double?)null : r.Curve[^1].TestAccuracy)]);
        }
    }

    private void Record(ReplicaRecord record, Evaluation evaluation, (double Loss, double Accuracy)? trained, int epoch)
    {
        if (record.Diverged)
        {
            return;
        }

        if (!double.IsFinite(evaluation.Loss))
        {
            // Weights or running statistics overflowed in a step whose own loss was still finite.
            record.DivergedAtStep = step;
            MarkDiverged(record);
            return;
        }

        if (schedule.ScoredSteps.Contains(step))
        {
            record.Scored.Add(evaluation.Accuracy);
        }

        if (trained is { } epochFigures)
        {
            record.Curve.Add(new(epoch, step, epochFigures.Loss, epochFigures.Accuracy, evaluation.Loss, evaluation.Accuracy));
            final[record.Replica] = evaluation;
        }
    }

    /// <summary>Tells the device, so that the next reading does not take it back.</summary>
    private void MarkDiverged(ReplicaRecord record)
    {
        var group = groups.First(g => g.Replicas.Contains(record.Replica));
        var accumulators = group.Accumulators();
        var first = group.Replicas[0];
        accumulators[record.Replica - first][2] = record.DivergedAtStep;
        group.SetAccumulators(replica => accumulators[replica - first]);
    }

    private void WriteCheckpoint()
    {
        pace.Pause();
        var identity = new CheckpointIdentity(settingsHash, request.Stage, request.Replicas, step);
        var (path, sha256, bytes) = CheckpointFile.Write(request.ScratchFolder, identity, RunCheckpoint.Take(groups, records));
        lastCheckpointAt = time.GetTimestamp();
        lastCheckpointStep = step;
        observer.CheckpointWritten(path, step, sha256, bytes);
        pace.Continue();
    }
}
