using System.Diagnostics;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What it orders of its configurations.</summary>
internal sealed partial class SweepGrain
{
    /// <inheritdoc/>
    public Task<QueueOrder?> OrderOf(string configurationKey) => Task.FromResult(
        // Asked in the midst of another turn: what is not stored yet, or perhaps never will be, orders nothing.
        !storing && Running && State.NumericsClass is not null && progress.Unended(configurationKey) is { } wanted ? Order(wanted) : null);

    private async Task QueueWindow()
    {
        lookedAt = time.GetTimestamp();
        var due = progress.Next.Take(window).Where(c => !queued.Contains(c.Planned.Key)).ToList();
        lookTook = time.GetElapsedTime(lookedAt);
        using var span = due.Count > 0 ? Spans.Source.StartActivity("order", ActivityKind.Internal, Spans.Parent(State.Trace))?.SetTag("smallbatch.sweep", Name) : null;
        await Task.WhenAll(due.Select(Queue));
        reason = null;
    }

    private async Task Queue(SweepConfiguration configuration)
    {
        await GrainFactory.GetGrain<IConfigurationGrain>(configuration.Planned.Key).Queue(Order(configuration));
        queued.Add(configuration.Planned.Key);
    }

    private QueueOrder Order(SweepConfiguration configuration)
    {
        var planned = configuration.Planned;
        var job = new ConfigurationJob(
            planned.Key, Name, State.SweepId!, planned.Stage, planned.BatchSize, planned.BaseLearningRate, planned.Replicas,
            planned.SettingsHash, SettingsText.Write(configuration.Settings), planned.PredictedSeconds, plan!.Spec.CheckpointEvery.TotalSeconds, planned.FirstReplica,
            plan.Spec.CheckpointKept == KeptCheckpoint.None ? 0 : SharedUpdates.Keepable(configuration.Settings),
            ShorterBudgets.Source(configuration, shorter) is { } source ? new(source.Planned.Key, SettingsText.Write(source.Settings)) : null);
        return new(
            job, State.ControlVersion, State.NumericsClass!, plan.Spec.Priority, GrantPolicy.LongestFirst(planned.PredictedSeconds), planned.Generation,
            new(plan.Spec.Team, plan.Spec.Weight));
    }
}
