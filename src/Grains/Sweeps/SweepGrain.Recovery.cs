namespace SmallBatch.Grains.Sweeps;

/// <summary>What a sweep does about a store that has lost what was written last.</summary>
internal sealed partial class SweepGrain
{
    /// <summary>A complete sweep whose rows are not all there goes on.</summary>
    private async Task ReopenIfRowsAreMissing()
    {
        if (State is { SweepId: not null, CompletedAt: not null, Cancelled: false, Deleting: false } && !await IsComplete())
        {
            queued.Clear();
            SweepReopened(Name, progress.Left);
            await Store(State with { CompletedAt = null });
            await Aggregator.PlanChanged();
        }
    }

    /// <summary>Its reminder and its mark in the index, where either is lost.</summary>
    private async Task KeepGoing()
    {
        if (await this.GetReminder(Backstop) is null)
        {
            await this.RegisterOrUpdateReminder(Backstop, options.Value.BackstopPeriod, options.Value.BackstopPeriod);
        }

        await index.MarkAsync(Name, true, CancellationToken.None);
    }
}
