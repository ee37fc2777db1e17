using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.Configurations;

/// <summary>Its order, and what its sweep is told of attempts that ended.</summary>
internal sealed partial class ConfigurationGrain
{
    /// <summary>Where there is no row yet, the order is stored with what first happens: its sweep knows it, and is asked again where it is lost.</summary>
    private async Task Take(QueueOrder order)
    {
        if (ConfigurationTransitions.Ordered(State, order, time.GetUtcNow()) is not { } next)
        {
            return;
        }

        using var root = State.Trace is null ? ConfigurationSpans.Ordered(order.Job) : null;
        next = next with { Trace = State.Trace ?? root?.Id };
        if (storage.RecordExists)
        {
            await Store(next);
        }
        else
        {
            storage.State = next;
        }
    }

    private async Task Lose(LeaseToken token, string reason)
    {
        if (ConfigurationTransitions.Lost(State, token, reason, time.GetUtcNow()) is { } next)
        {
            await StoreLost(next, reason);
            await Continue();
        }
    }

    private async Task StoreLost(ConfigurationState next, string reason)
    {
        await Store(next);
        TokenGivenUp(Key, State.Token!.ToString(), reason);
        metrics.Ended(AttemptEnd.Lost, failed: false);
        ConfigurationSpans.Lost(State, reason);
        await TellRuns();
    }

    /// <summary>Tells the aggregator how attempts ended. That it has heard is stored with the next write, which costs none of its own: until then it may be told again.</summary>
    private async Task TellRuns()
    {
        var runs = State.Untold;
        foreach (var run in runs)
        {
            await Aggregator.RecordAttempt(State.Order!.Job, run, run.Attempt == State.Attempt ? State.FailedBecause : null);
        }

        if (runs.Length > 0)
        {
            storage.State = AttemptRecords.Told(State, runs);
        }
    }
}
