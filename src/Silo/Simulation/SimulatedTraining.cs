using SmallBatch.Specs.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Simulation;

/// <summary>A simulated training dies as its seed says.</summary>
internal sealed class SimulatedDeathException(string message) : Exception(message);

/// <summary>One job, simulated: it says at its times what a trainer would say, and computes nothing.</summary>
internal sealed class SimulatedTraining
{
    private static readonly TimeSpan WordEvery = TimeSpan.FromSeconds(2);
    private readonly TrainingJob job;
    private readonly TrainingSettings settings;
    private readonly TimeProvider time;
    private readonly Action<TrainerNotice> say;
    private readonly string settingsHash;
    private readonly SimulatedReplica[] replicas;
    private readonly TimeSpan takes;
    private readonly long? diesAt;
    private readonly long end;
    private readonly long startedAt;
    private long from;
    private long step;
    private long checkpointStep = -1;
    private TimeSpan checkpointAt;
    private TimeSpan wordAt;

    public SimulatedTraining(TrainingJob job, TrainingSettings settings, Simulation simulation, TimeProvider time, Action<TrainerNotice> say)
    {
        (this.job, this.settings, this.time, this.say) = (job, settings, time, say);
        settingsHash = SettingsText.Hash(settings);
        replicas = [.. Enumerable.Range(job.FirstReplica, job.Replicas).Select(r => new SimulatedReplica(settings, settingsHash, job.Stage, r, simulation.Diverging))];
        end = replicas.Max(r => r.DivergedAtStep ?? settings.Updates);
        var chance = new SeededChance(settingsHash, job.Stage, "training");
        takes = simulation.Law.Of(settings.Updates, chance.Next());
        var (dies, at) = (chance.Next() < simulation.Failing, 1 + (long)(chance.Next() * (end - 1)));
        diesAt = dies && end > 1 ? at : null;
        startedAt = time.GetTimestamp();
    }

    private TimeSpan Elapsed => time.GetElapsedTime(startedAt);

    /// <summary>Trains until its end, or until it is stopped. Throws <see cref="SimulatedDeathException"/> where it dies.</summary>
    /// <param name="stopRequested">Whether and how it is to stop.</param>
    /// <param name="stopping">A token that rings when that changes.</param>
    /// <param name="killed">Ends it at once.</param>
    public async Task RunAsync(Func<bool?> stopRequested, Func<CancellationToken> stopping, CancellationToken killed)
    {
        (from, var skipped) = SimulatedCheckpoint.Resume(job, settings);
        step = from;
        checkpointStep = from > 0 ? from : -1;
        say(new TrainingStarted(job.Job, from, skipped));
        while (step < end)
        {
            // Before the look, so that a request between the two rings too.
            var ring = stopping();
            if (stopRequested() is { } withCheckpoint)
            {
                Stop(withCheckpoint);
                return;
            }

            var next = Next();
            if (At(next) is var due && due > Elapsed)
            {
                step = Math.Clamp(from + (long)((settings.Updates - from) * (Elapsed / At(settings.Updates))), step, next - 1);
                TellProgress();
                await PauseAsync(due, ring, killed);
            }
            else
            {
                Reach(next);
            }
        }

        say(new TrainingCompleted(job.Job, step, Elapsed.TotalSeconds, [.. replicas.Select(r => r.Outcome().Write())]));
    }

    /// <summary>When an update is done, from the beginning.</summary>
    private TimeSpan At(long update) => takes * ((update - from) / (double)settings.Updates);

    /// <summary>The next update at which something happens.</summary>
    private long Next() => settings.Drops.Append(diesAt ?? end).Append(end)
        .Concat(Enumerable.Range(1, settings.Epochs).Select(EpochEnd)).Where(s => s > step && s <= end).Min();

    private long EpochEnd(int epoch) => Math.Min(settings.Updates, settings.Plan.EpochEnd(epoch));

    private void Reach(long update)
    {
        step = update;
        if (settings.Plan.EndsEpoch(step))
        {
            var epoch = settings.Plan.At(step - 1).Epoch + 1;
            say(new EpochEnded(job.Job, epoch, settings.Epochs, step, Pace(), [.. replicas.Select(r => r.DivergedAtStep <= step ? (double?)null : r.Accuracy(epoch))]));
        }

        if (step == diesAt && from < step)
        {
            WriteCheckpoint();
            throw new SimulatedDeathException($"simulated death of {job.Job} after update {step}");
        }

        if (step < end && (settings.Drops.Contains(step) || Elapsed - checkpointAt >= TimeSpan.FromSeconds(job.CheckpointSeconds)))
        {
            WriteCheckpoint();
        }
    }

    private void Stop(bool withCheckpoint)
    {
        if (withCheckpoint)
        {
            WriteCheckpoint();
        }

        say(new TrainingStopped(job.Job, step, Elapsed.TotalSeconds));
    }

    private void TellProgress()
    {
        if (step > 0 && Elapsed - checkpointAt >= TimeSpan.FromSeconds(job.CheckpointSeconds))
        {
            WriteCheckpoint();
        }

        if (Elapsed - wordAt >= WordEvery)
        {
            wordAt = Elapsed;
            say(new TrainingProgressed(job.Job, step, Pace()));
        }
    }

    private double Pace() => Elapsed > TimeSpan.Zero ? Math.Round((step - from) * (double)settings.BatchSize * replicas.Length / Elapsed.TotalSeconds, 1) : 0;

    private void WriteCheckpoint()
    {
        checkpointAt = Elapsed;
        if (checkpointStep != step)
        {
            checkpointStep = step;
            say(SimulatedCheckpoint.Of(settingsHash, job.Stage, job.Replicas, step).Write(job.Job, job.ScratchFolder));
        }
    }

    /// <summary>Waits until then, or until there is a word to say, a checkpoint to write or a request.</summary>
    private async Task PauseAsync(TimeSpan until, CancellationToken stopping, CancellationToken killed)
    {
        var wake = new[] { until, wordAt + WordEvery, checkpointAt + TimeSpan.FromSeconds(job.CheckpointSeconds) }.Min() - Elapsed;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, killed);
        try
        {
            await Task.Delay(wake > TimeSpan.Zero ? wake : TimeSpan.Zero, time, either.Token);
        }
        catch (OperationCanceledException) when (!killed.IsCancellationRequested)
        {
            // Asked to stop: the loop sees how.
        }
    }
}
