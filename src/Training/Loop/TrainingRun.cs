using TorchSharp;

namespace SmallBatch.Training.Loop;

/// <summary>
/// Configurations that share their steps, from their first step or a checkpoint to their outcomes. Those that are behind train
/// alone until they have caught up. Each ends with the same bytes as alone.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    /// <summary>Divergence is read from the device at multiples of this many steps and at the ends of epochs.</summary>
    private const int ReadEvery = 100;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);
    private readonly TrainingTask task;
    private readonly IReadOnlyList<ConfigurationRun> configurations;
    private readonly GroupSizing sizing;
    private readonly TimeProvider time;
    private List<ConfigurationRun> together = [];
    private List<ReplicaGroup> groups = [];

    public TrainingRun(TrainingTask task, IReadOnlyList<ConfigurationRun> configurations, GroupSizing sizing, TimeProvider time) =>
        (this.task, this.configurations, this.sizing, this.time) = (task, configurations, sizing, time);

    /// <summary>Trains until every configuration has ended or was stopped; <paramref name="left"/> hears of each as it does.</summary>
    public void Train(Action<ConfigurationRun> left)
    {
        var training = configurations.ToList();
        training.ForEach(c => c.Pace.Restart());
        while (true)
        {
            foreach (var configuration in training.Where(c => c.Ended || c.StopRequested is not null).ToList())
            {
                Leave(configuration);
                training.Remove(configuration);
                left(configuration);
            }

            if (training.Count == 0)
            {
                return;
            }

            Gather(training);
            Advance();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => groups.ForEach(g => g.Dispose());

    /// <summary>Groups those that are furthest behind, where they are not grouped already.</summary>
    private void Gather(List<ConfigurationRun> training)
    {
        var step = training.Min(c => c.Step);
        var behind = training.Where(c => c.Step == step).ToList();
        if (behind.SequenceEqual(together) && !sizing.Changes)
        {
            return;
        }

        Scatter();
        together = behind;
        together.ForEach(c => c.Pace.Continue());
        var replicas = together.SelectMany(c => c.Replicas).ToList();
        var first = 0;
        foreach (var size in sizing.Sizes(replicas.Count))
        {
            groups.Add(new(task, replicas.GetRange(first, size)));
            first += size;
        }
    }

    private void Scatter()
    {
        together.ForEach(c => c.Pace.Pause());
        groups.ForEach(g => g.Release());
        groups = [];
        together = [];
    }

    private void Leave(ConfigurationRun configuration)
    {
        if (!configuration.Ended)
        {
            if (configuration.StopRequested == true)
            {
                WriteCheckpoint(configuration);
            }

            configuration.Stop();
        }

        if (together.Contains(configuration))
        {
            Scatter();
        }
    }

    private void Advance()
    {
        var step = together[0].Step;
        if (task.Schedule.MeasuresVarianceAt(step))
        {
            MeasureVariance(step);
        }

        foreach (var due in together.Where(c => c.CheckpointDue))
        {
            Paused(() => WriteCheckpoint(due));
        }

        var startedAt = time.GetTimestamp();
        foreach (var group in groups.Where(g => !g.Diverged))
        {
            group.Step(step);
        }

        var place = task.Schedule.Plan.At(step);
        if (sizing.Measures)
        {
            Synchronise();
            sizing.Took(place.Count == place.FullBatch, time.GetElapsedTime(startedAt));
        }

        together.ForEach(c => c.Advance(place.Count));
        step++;
        var epochEnds = task.Schedule.Plan.EndsEpoch(step);
        if (epochEnds || step % ReadEvery == 0)
        {
            ReadDivergence();
        }

        if (epochEnds || task.Schedule.ScoredSteps.Contains(step))
        {
            Paused(() => Evaluate(step, epochEnds));
        }

        if (step == task.Schedule.Plan.Updates && task.Schedule.MeasuresVarianceAt(step))
        {
            MeasureVariance(step);
        }

        together.ForEach(c => c.TellProgress(ProgressEvery));
    }

    private void ReadDivergence()
    {
        foreach (var group in groups)
        {
            foreach (var (replica, bad) in group.Replicas.Zip(group.FirstBadSteps()))
            {
                replica.Record.DivergedAtStep = bad;
            }
        }
    }

    private void Evaluate(long step, bool epochEnds)
    {
        var last = task.Schedule.Plan.At(step - 1);
        var images = last.First + last.Count;
        foreach (var group in groups.Where(g => !g.Diverged))
        {
            var evaluations = group.Evaluate(task.Data.Test, Worked);
            var kept = task.Data.Validation is { } validation ? group.Evaluate(validation, Worked) : null;
            var trained = epochEnds ? group.TakeEpoch(images, ((long)images + last.FullBatch - 1) / last.FullBatch) : null;
            for (var g = 0; g < evaluations.Length; g++)
            {
                var replica = group.Replicas[g];
                if (!replica.Record.Diverged && !Owner(replica).Record(replica, evaluations[g], kept?[g], trained?[g], last.Epoch + 1))
                {
                    group.MarkDiverged(replica, step);
                }
            }
        }

        if (epochEnds)
        {
            together.ForEach(c => c.EndEpoch(last.Epoch + 1));
        }
    }

    /// <summary>All batch sizes at the same weights; corrected for the finite training set, (N − 1)/(N − m).</summary>
    private void MeasureVariance(long step)
    {
        var variance = task.Settings.UpdateVariance!;
        double images = task.Data.Train.Count;
        foreach (var group in groups.Where(g => g.Replicas.Any(r => !r.Record.Diverged && r.Record.Variance.All(v => v.Step != step))))
        {
            foreach (var batchSize in variance.BatchSizes)
            {
                foreach (var (replica, value) in group.Replicas.Zip(group.GradientVariance(step, batchSize, variance.Batches, Worked)))
                {
                    if (!replica.Record.Diverged && replica.Record.Variance.All(v => (v.Step, v.BatchSize) != (step, batchSize)))
                    {
                        replica.Record.Variance.Add(new(step, batchSize, double.IsFinite(value) ? value * (images - 1) / (images - batchSize) : null));
                    }
                }
            }
        }
    }

    private void Worked() => together.ForEach(c => c.TellWork(ProgressEvery));

    private void Paused(Action action)
    {
        together.ForEach(c => c.Pace.Pause());
        action();
        together.ForEach(c => c.Pace.Continue());
    }

    private void WriteCheckpoint(ConfigurationRun configuration)
    {
        var values = configuration.Replicas.Select(r => r.Values ?? groups.First(g => g.Replicas.Contains(r)).Copy(r)).ToList();
        configuration.WriteCheckpoint(values);
        foreach (var copy in values.Except(configuration.Replicas.Select(r => r.Values)))
        {
            copy!.Dispose();
        }
    }

    private ConfigurationRun Owner(Replica replica) => together.First(c => c.Replicas.Contains(replica));

    private void Synchronise()
    {
        if (task.Device.type == DeviceType.CUDA)
        {
            torch.cuda.synchronize(task.Device);
        }
    }
}
