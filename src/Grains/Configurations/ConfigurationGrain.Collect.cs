namespace SmallBatch.Grains.Configurations;

/// <summary>What is left of a configuration once its rows are stored.</summary>
internal sealed partial class ConfigurationGrain
{
    /// <summary>The store's times are whole seconds in places.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    private IGrainTimer? collecting;

    /// <inheritdoc/>
    public async Task<bool> Settle()
    {
        if (State is not { Order: { } order, Token: { } token, Checkpoints.Length: > 0 } || !await results.HasAllAsync(order.Job, CancellationToken.None))
        {
            return false;
        }

        recorded = true;
        asking?.Dispose();
        await StoreRecorded();
        await Pool.Release(Key, token);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> LetGo()
    {
        if (ConfigurationTransitions.LetGo(State, time.GetUtcNow()) is not { } next)
        {
            return await Settle();
        }

        await Store(next);
        CollectLater();
        return true;
    }

    private async Task StoreRecorded()
    {
        var next = ConfigurationTransitions.Recorded(State, time.GetUtcNow());
        if (State.Checkpoints.Length == 0)
        {
            // There is nothing to let go of: its rows say that it is done, to whoever reads this row as to whoever dies before it is written.
            storage.State = next;
            return;
        }

        await Store(next);
        CollectLater();
    }

    /// <summary>Deletes what nobody refers to any more, once no store can lose what says so. The sweep's own pass at its end finds what this one misses.</summary>
    private void CollectLater()
    {
        collecting?.Dispose();
        collecting = this.RegisterGrainTimer(Collect, new GrainTimerCreationOptions(collectorOptions.Value.SpareFor + Margin, Timeout.InfiniteTimeSpan) { KeepAlive = true, Interleave = true });
    }

    private async Task Collect(CancellationToken cancellationToken)
    {
        try
        {
            await collector.CollectAsync(Key, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            MessageFailed(Key, "collection of its checkpoints", failure.Message);
        }
    }
}
