using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>The shorter budgets that a sweep had before it was given a longer one: their rows stay, and they train no further.</summary>
internal sealed partial class SweepGrain
{
    /// <summary>How many shorter budgets this activation has halted the configurations of: each writes that down, so once is enough.</summary>
    private int halted;

    /// <inheritdoc/>
    public Task<SweepAtBudget?> AtBudget(string budget)
    {
        if (Snapshot() is not { } now || shorter.FirstOrDefault(s => s.Name == budget) is not { } at)
        {
            return Task.FromResult<SweepAtBudget?>(null);
        }

        var spec = at.Plan.Spec;
        var snapshot = now with
        {
            SpecText = at.Stored.SpecText,
            Budget = at.Name,
            Replicas = spec.Replicas,
            Confirm = spec.Confirm,
            Configurations = at.Configurations.Count,
            Ended = at.Configurations.Count,
            Phase = at.Stored.CompletedAt is null ? SweepPhase.Superseded : SweepPhase.Completed,
            CompletedAt = at.Stored.CompletedAt,
            Reason = null,
            UnplannedSeconds = 0,
            RuledOut = spec.StopWhenDecided && SweepStop.RuledOut(at.Plan, at.State) is { } ruledOut ? [.. ruledOut] : null,
            ShorterBudgets = null,
        };
        return Task.FromResult<SweepAtBudget?>(new(snapshot, [.. at.Configurations.Select(c => c.Planned)]));
    }

    /// <summary>
    /// Stops what trains or waits on a shorter budget that was not complete when the longer one came, after a last checkpoint. The pool,
    /// which forgets, is told at each wake. Whoever dies in between, the next wake does all of it again; what ends meanwhile ends with its rows.
    /// </summary>
    private async Task WithdrawShorter()
    {
        foreach (var at in shorter.Where(s => s.Stored.HaltVersion > 0))
        {
            await Pool.WithdrawSweep(State.SweepId!, at.Stored.HaltVersion, SweepHalt.Pause);
        }

        foreach (var at in shorter.Skip(halted).Where(s => s.Stored.HaltVersion > 0))
        {
            var complete = SweepConfigurations.Complete(at.Configurations, await results.ListAsync(State.SweepId!, CancellationToken.None)).ToHashSet(StringComparer.Ordinal);
            foreach (var configuration in at.Configurations.Where(c => !complete.Contains(c.Planned.Key)))
            {
                await GrainFactory.GetGrain<IConfigurationGrain>(configuration.Planned.Key).Halt(new(at.Stored.HaltVersion, SweepHalt.Pause));
            }
        }

        halted = shorter.Count;
    }

    /// <summary>Updates that a configuration of this plan need not train, since a checkpoint of a shorter budget has them, by key.</summary>
    private async Task<IReadOnlyDictionary<string, long>> SavedUpdates(SweepPlan planned, SweepState state, CancellationToken cancellationToken)
    {
        var saved = new Dictionary<string, long>(StringComparer.Ordinal);
        var budgets = ShorterBudgets.Of(state, planned.Dataset);
        if (budgets.Count == 0)
        {
            return saved;
        }

        var steps = new Dictionary<string, List<long>>(StringComparer.Ordinal);
        await foreach (var blob in checkpoints.ListAsync($"{state.SweepId}.", cancellationToken))
        {
            if (CheckpointName.Parse(blob.Name) is { } name)
            {
                steps.TryAdd(name.ConfigurationKey, []);
                steps[name.ConfigurationKey].Add(name.Step);
            }
        }

        foreach (var configuration in SweepConfigurations.Of(planned, state))
        {
            if (ShorterBudgets.Source(configuration, budgets) is { } source && steps.TryGetValue(source.Planned.Key, out var there))
            {
                var until = SharedUpdates.Resumable(source.Settings, configuration.Settings);
                saved[configuration.Planned.Key] = there.Where(s => s <= until).DefaultIfEmpty(0).Max();
            }
        }

        return saved;
    }
}
