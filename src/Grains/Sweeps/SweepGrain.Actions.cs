using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What a user does to a sweep that is there. Each action is stored under a higher control version before anybody hears of it.</summary>
internal sealed partial class SweepGrain
{
    /// <inheritdoc/>
    public async Task<ActionReply> Act(SweepAction action, RetryFilter? retry = null, CancellationToken cancellationToken = default)
    {
        if (State.SweepId is null)
        {
            return new(false, $"found no sweep '{Name}'", null);
        }

        if (State.Deleting && action != SweepAction.Delete)
        {
            return Say(false, "is being deleted");
        }

        if (EndedByLimit() is { } limited && action is SweepAction.Pause or SweepAction.Resume or SweepAction.Retry)
        {
            return Say(false, $"was {limited}; submit it again with a higher limit, or none");
        }

        return action switch
        {
            SweepAction.Cancel => await Cancel(),
            SweepAction.Pause => await Pause(),
            SweepAction.Resume => await Resume(),
            SweepAction.Retry => await Retry(retry ?? new([], null)),
            SweepAction.Delete => await BeginDeletion(),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "no such action"),
        };
    }

    private async Task<ActionReply> Cancel()
    {
        if (State.CompletedAt is not null)
        {
            return Say(false, "is completed: there is nothing to cancel");
        }

        if (!State.Cancelled)
        {
            await Store(State with { Cancelled = true, Paused = false, ControlVersion = State.ControlVersion + 1 });
            SweepHalted(Name, SweepHalt.Cancel, State.ControlVersion);
        }

        await Withdraw();
        await Begin();
        return Say(true, "is cancelled; its results so far stay");
    }

    private async Task<ActionReply> Pause()
    {
        if (State.Cancelled || State.CompletedAt is not null)
        {
            return Say(false, $"is {(State.Cancelled ? "cancelled" : "completed")}: there is nothing to pause");
        }

        var already = State.Paused;
        if (!already)
        {
            await Store(State with { Paused = true, ControlVersion = State.ControlVersion + 1 });
            SweepHalted(Name, SweepHalt.Pause, State.ControlVersion);
        }

        await Withdraw();
        return Say(true, $"is {(already ? "paused already" : "paused")}: what trains stops after a last checkpoint; 'smallbatch sweep resume {Name}' goes on");
    }

    private async Task<ActionReply> Resume()
    {
        if (!State.Paused)
        {
            return Say(Running, Running ? "is not paused; it goes on" : $"is {(State.Cancelled ? "cancelled" : "completed")}: there is nothing to resume");
        }

        await Store(State with { Paused = false, ControlVersion = State.ControlVersion + 1 });
        SweepResumed(Name, State.ControlVersion);
        await GoOn();
        return Say(true, "goes on");
    }

    private async Task<ActionReply> Retry(RetryFilter filter)
    {
        if (State.Cancelled)
        {
            return Say(false, $"is cancelled; 'smallbatch sweep delete {Name}' makes room for a new one of that name");
        }

        var complete = SweepConfigurations.Complete(configurations, await List()).ToHashSet(StringComparer.Ordinal);
        var failed = configurations.Where(c => progress.Ended.Contains(c.Planned.Key) && !complete.Contains(c.Planned.Key)).Select(c => c.Planned).ToList();
        var wanted = failed.Where(c => (filter.BatchSizes.Length == 0 || filter.BatchSizes.Contains(c.BatchSize)) && (filter.Key is null || filter.Key == c.Key)).ToList();
        if (wanted.Count == 0)
        {
            return Say(failed.Count == 0, failed.Count == 0 ? "has no configuration that was given up" : $"has {failed.Count} that were given up, none of them asked for: {string.Join(", ", failed.Select(c => c.Key))}");
        }

        // What was chosen without them is chosen anew once they have ended.
        var reopened = wanted.Where(c => c.Stage != Stage.Confirm).Select(c => c.BatchSize).ToHashSet();
        await Store(State with
        {
            Retries = [.. State.Retries.Where(r => wanted.All(c => c.Key != r.Key)), .. wanted.Select(c => new RetriedConfiguration(c.Key, c.Generation + 1))],
            RungDecisions = [.. State.RungDecisions.Where(d => !wanted.Any(c => c.Stage == Stage.Rung && c.BatchSize == d.BatchSize && c.Rung!.Number <= d.Rung))],
            Decisions = [.. State.Decisions.Where(d => !reopened.Contains(d.BatchSize))],
            Stop = reopened.Count > 0 ? null : State.Stop,
            ReplicaDecisions = [.. State.ReplicaDecisions.Where(d => d.Stage == Stage.Grid && !reopened.Contains(d.BatchSize))],
            ControlVersion = State.ControlVersion + 1,
            CompletedAt = null,
        });
        SweepRetries(Name, wanted.Count);
        await GoOn();
        return Say(true, $"tries {wanted.Count} again{(State.Paused ? ", once it is resumed" : "")}: {string.Join(", ", wanted.Select(c => c.Key))}");
    }

    private async Task<ActionReply> BeginDeletion()
    {
        if (!State.Deleting)
        {
            await Store(State with { Deleting = true, Cancelled = true, Paused = false, ControlVersion = State.ControlVersion + 1 });
            SweepIsDeleted(Name, State.SweepId!);
        }

        await Begin();
        return Say(true, "is being deleted");
    }

    private async Task GoOn()
    {
        listed = false;
        queued.Clear();
        await Begin();
    }

    private ActionReply Say(bool done, string what) => new(done, $"{Name} {what}", Snapshot());

    /// <summary>
    /// Takes the sweep back from the pool, then writes its control version into every configuration that has not ended, also
    /// into one that runs nothing: an order that is still on its way finds it. Whoever dies in between, the next wake does all of
    /// it again.
    /// </summary>
    private async Task Withdraw()
    {
        var halt = State.Cancelled ? SweepHalt.Cancel : SweepHalt.Pause;
        await Pool.WithdrawSweep(State.SweepId!, State.ControlVersion, halt);
        foreach (var configuration in progress.Next.ToList())
        {
            await GrainFactory.GetGrain<IConfigurationGrain>(configuration.Planned.Key).Halt(new(State.ControlVersion, halt));
        }

        await Aggregator.PlanChanged();
    }

    /// <summary>One bounded step of the deletion at each tick; what is gone stays gone, whoever dies. The sweep's own row goes last.</summary>
    private async Task Delete()
    {
        if (!withdrawn)
        {
            await Withdraw();
            withdrawn = true;
        }

        if (!await deletion.StepAsync(State.SweepId!, State.ControlVersion))
        {
            return;
        }

        await Rest();
        await index.DeleteAsync(Name, CancellationToken.None);
        await storage.ClearStateAsync();
        DeactivateOnIdle();
    }
}
