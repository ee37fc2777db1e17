using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What is left of a sweep that is over: it is looked for until a fresh listing shows nothing more to collect.</summary>
internal sealed partial class SweepGrain
{
    private Task collecting = Task.CompletedTask;

    private bool Over => State.SweepId is not null && !Unfinished;

    /// <summary>Until nothing is left the reminder stays, and the index says so: whoever starts next goes on.</summary>
    private void CollectRegularly()
    {
        timer?.Dispose();
        timer = this.RegisterGrainTimer(
            _ =>
            {
                // Between the turns of this grain, a request at a time: a sweep answers while it collects.
                collecting = collecting.IsCompleted && Over ? CollectSafely() : collecting;
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.Zero, collectorOptions.Value.Period) { KeepAlive = true });
    }

    private async Task CollectSafely()
    {
        try
        {
            await Collect();
        }
        catch (Exception failure)
        {
            CollectFailed(Name, failure.Message);
        }
    }

    private async Task Collect()
    {
        var version = State.ControlVersion;
        var left = await collector.CollectSweepAsync(State.SweepId!, CancellationToken.None);
        if (left.Collected > 0)
        {
            CheckpointsCollected(Name, left.Collected, left.Bytes, left.Spared);
        }

        // One that was recorded, and died before it wrote so down, lets go of its checkpoints now. What is still referred to then
        // belongs to a configuration that was given up, and may be tried again.
        var settled = false;
        var longest = configurations.Select(c => c.Planned.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in left.Referenced)
        {
            var configuration = GrainFactory.GetGrain<IConfigurationGrain>(key);
            settled |= State.Cancelled || (State.CompletedAt is not null && shorter.Count > 0 && !longest.Contains(key)) ? await configuration.LetGo() : await configuration.Settle();
        }

        // One that was ended by its limit is not left alone before its last trainer has stopped.
        var trains = State.EndedAtDeviceHours is not null && (await Pool.Describe()).Leases.Any(l => l.SweepId == State.SweepId);
        if (left is { Collected: 0, Spared: 0 } && !settled && !trains && Over && State.ControlVersion == version)
        {
            if (State.Notices.Length > 0)
            {
                // The reminder stays with what is not told yet: whoever sends it may die.
                timer?.Dispose();
                return;
            }

            await Rest();
        }
    }

    /// <summary>Nothing is left to do or to collect: nobody need wake it.</summary>
    private async Task Rest()
    {
        await index.MarkAsync(Name, false, CancellationToken.None);
        timer?.Dispose();
        if (await this.GetReminder(Backstop) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }
}
