using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Results;

namespace SmallBatch.Grains.Configurations;

/// <summary>
/// One cell, durable: it asks for a slot, holds the current token, takes the host's word only under that token, and hands
/// the outcome on. What changes its state stands in <see cref="ConfigurationTransitions"/>; here it is stored first, then
/// acted upon.
/// </summary>
[GrainType("configuration")]
internal sealed partial class ConfigurationGrain(
    [PersistentState("configuration")] IPersistentState<ConfigurationState> storage,
    ICheckpointStore checkpoints,
    CheckpointCollector collector,
    ResultTable results,
    IAttemptLogs logs,
    IOptions<ConfigurationOptions> options,
    IOptions<CollectorOptions> collectorOptions,
    ConfigurationMetrics metrics,
    TimeProvider time,
    ILogger<ConfigurationGrain> logger) : Grain, IConfigurationGrain, IIncomingGrainCallFilter
{
    private IGrainTimer? asking;
    private bool recorded;
    private string? waitingBecause;
    private Interruption? makesUpFor;

    private ConfigurationState State => storage.State;

    private string Key => this.GetPrimaryKeyString();

    private IGpuPoolGrain Pool => GrainFactory.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool);

    /// <summary>A key begins with its sweep's id, up to the first dot.</summary>
    private ISweepGrain Sweep => GrainFactory.GetGrain<ISweepGrain>(SweepIds.NameOf(Key[..Key.IndexOf('.', StringComparison.Ordinal)]));

    private IAggregatorGrain Aggregator => GrainFactory.GetGrain<IAggregatorGrain>(State.Order!.Job.SweepId);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // One that has run may have ended: its rows say so, and nothing else does.
        recorded = State is { Attempt: > 0, Phase: not AttemptPhase.Training } && await results.HasAllAsync(State.Order!.Job, cancellationToken);
        if (Asks())
        {
            AskRegularly();
        }
    }

    /// <inheritdoc/>
    public async Task Queue(QueueOrder order)
    {
        await Take(order);
        await TellRuns();
        if (State.FailedBecause is { } reason && !recorded)
        {
            // Its sweep has not heard of it: whoever was to say so died, or the store has lost its row.
            await Aggregator.RecordAttempt(State.Order!.Job, AttemptRecords.Of(State, AttemptEnd.Crashed, reason, 0, time.GetUtcNow()), reason);
            Send(Sweep.ConfigurationGivenUp(Key), "end");
        }

        // Its sweep has listed the rows, and misses some: a store that went back may have lost them.
        recorded = recorded && await results.HasAllAsync(State.Order!.Job, CancellationToken.None);
        if (Wants())
        {
            AskRegularly();
            await Ask();
        }
    }

    /// <inheritdoc/>
    public async Task Halt(HaltOrder order)
    {
        var lease = State.Phase == AttemptPhase.None ? null : State.Lease;
        if (recorded || ConfigurationTransitions.Halted(State, order, time.GetUtcNow()) is not { } next)
        {
            await TellRuns();
            return;
        }

        await Store(next);
        if (!Asks())
        {
            asking?.Dispose();
        }

        if (State.Order is null)
        {
            return;
        }

        waitingBecause = State.Paused ? $"its sweep is paused; smallbatch sweep resume {State.Order.Job.SweepName}" : null;
        await TellRuns();
        if (lease is not null && State.Cancelled)
        {
            // The pool's answer to the next heartbeat stops the trainer in any case; this only saves those seconds.
            Send(GrainFactory.GetGrain<IGpuHostGrain>(lease.Host).Stop(lease.Slot, lease.Token), "stop");
        }

        Observe();
    }

    /// <inheritdoc/>
    public async Task Forget(long controlVersion)
    {
        if (storage.RecordExists)
        {
            if (controlVersion < State.ControlVersion)
            {
                return;
            }

            await storage.ClearStateAsync();
        }

        asking?.Dispose();
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    public async Task LeaseOffered(Lease lease)
    {
        if (State.Order is null && await Sweep.OrderOf(Key) is { } order)
        {
            // Ordered before, on a silo that died with it.
            await Take(order);
        }

        var shorter = await Shorter();
        if (ConfigurationTransitions.Offered(State, lease, recorded, time.GetUtcNow(), shorter?.Reference) is not { } next)
        {
            LeaseDeclined(Key, lease.Token);
            await Pool.Release(Key, lease.Token);
            return;
        }

        if (next != State)
        {
            ConfigurationSpans.Waited(State);
            await Store(next);
        }

        using var span = ConfigurationSpans.Granted(State, lease);
        if (State.Phase != AttemptPhase.Training)
        {
            return;
        }

        AttemptBegan(Key, State.Attempt, lease.Token, State.ResumedFromStep, storage.Etag);
        var start = new StartOrder(lease, State.Order!.Job, State.Attempt, [.. State.Checkpoints.Select(c => c.Reference)], shorter);
        var reply = await GrainFactory.GetGrain<IGpuHostGrain>(lease.Host).Start(start);
        if (reply.Accepted)
        {
            // For the story alone: it is stored with the next write, which costs none of its own.
            storage.State = ConfigurationTransitions.Started(State, lease.Token, time.GetUtcNow()) ?? State;
            await Pool.Started(Key, lease.Token, reply.HeartbeatNumber);
            waitingBecause = null;
            makesUpFor = Interruption.Before(State);
            metrics.Started();
            Observe();
        }
        else
        {
            await Pool.Refused(lease, reply.HeartbeatNumber);
            await Lose(lease.Token, $"its host refused it: {reply.Reason}");
        }
    }

    /// <inheritdoc/>
    public Task LeaseLost(LeaseToken token, string reason) => Lose(token, reason);

    /// <inheritdoc/>
    public Task<Receipt> Report(ProgressReport report)
    {
        if (!State.IsCurrent(report.Token))
        {
            return Task.FromResult(Refuse(nameof(Report), report.Token));
        }

        if (makesUpFor is { } interruption)
        {
            metrics.Recovered(interruption.Kind, time.GetUtcNow() - interruption.At);
            makesUpFor = null;
        }

        Send(
            Aggregator.Observe(new(
                Key, ConfigurationStatus.Training, State.Attempt, State.Lease!.Host, State.Lease.Device, report.Epoch, report.ImagesPerSecond, report.TestAccuracy, 0, null, report.Step)),
            "observation");
        return Task.FromResult(Receipt.Accepted);
    }

    /// <inheritdoc/>
    public async Task<Receipt> CheckpointUploaded(CheckpointReport report)
    {
        if (ConfigurationTransitions.Checkpointed(State, report, time.GetUtcNow()) is not { } next)
        {
            // Its blob lies there, and its sweep may have looked for the last time.
            CollectLater();
            return Refuse(nameof(CheckpointUploaded), report.Token);
        }

        if (next == State)
        {
            return Receipt.Accepted;
        }

        var superseded = ConfigurationTransitions.Superseded(State, next);
        await Store(next);
        CheckpointTaken(Key, report.Token, report.Number, report.Step, storage.Etag);
        if (superseded.Count > 0)
        {
            Send(checkpoints.DeleteAsync(superseded, CancellationToken.None), "deletion of old checkpoints");
        }

        return Receipt.Accepted;
    }

    /// <inheritdoc/>
    public async Task<Receipt> AttemptEnded(AttemptReport report)
    {
        if (ConfigurationTransitions.Ended(State, report, time.GetUtcNow()) is not { } next)
        {
            // It may be told again because the aggregator was not reached the first time.
            await TellRuns();
            return Refuse(nameof(AttemptEnded), report.Token);
        }

        using var span = ConfigurationSpans.Ended(State, report.End);

        // The conditional write confirms the token: of two activations only one gets past it.
        var news = next != State;
        await Store(next);
        EndTaken(Key, report.Token, report.End, report.Step, storage.Etag);
        if (news)
        {
            metrics.Ended(report.End, State.FailedBecause is not null);
        }

        await TellRuns();
        if (State.Phase == AttemptPhase.Recording)
        {
            await Aggregator.Record(State.Order!.Job, report.Outcomes, AttemptRecords.Of(State, report, time.GetUtcNow()));
            recorded = true;
            asking?.Dispose();
            await StoreRecorded();
            Send(Sweep.ConfigurationEnded(Key), "end");
        }

        await Pool.Release(Key, report.Token);
        await Continue();
        return Receipt.Accepted;
    }

    /// <summary>What a shorter budget's run of the same replicas kept, as long as there is no checkpoint of its own.</summary>
    private async Task<ShorterCheckpoint?> Shorter() =>
        !recorded && State is { Checkpoints: [], Order.Job.Shorter: { } run } && (await GrainFactory.GetGrain<IConfigurationGrain>(run.Key).Describe())?.Kept is { } kept
            ? new(kept, run.SettingsText)
            : null;

    /// <summary>After an attempt: asks for the next one, or says that there is none.</summary>
    private async Task Continue()
    {
        if (Wants())
        {
            AskRegularly();
            await Ask();
            return;
        }

        asking?.Dispose();
        Observe();
        if (State.FailedBecause is not null)
        {
            Send(Sweep.ConfigurationGivenUp(Key), "end");
        }
    }

    /// <summary>Whatever it believes, the pool says how it stands.</summary>
    private async Task Ask()
    {
        await TellRuns();
        var order = State.Order!;
        var reply = await Pool.Request(new(
            Key,
            order.Job.SweepId,
            State.ControlVersion,
            order.NumericsClass,
            order.Priority,
            State.Attempt > 0 ? int.MinValue : order.Order,
            State.Token,
            order.Job.PredictedSeconds,
            ConfigurationTransitions.AvoidHosts(State),
            order.Share));
        waitingBecause = State.Paused ? waitingBecause : ConfigurationTransitions.WhyWaiting(State, reply.Reason);
        if (ConfigurationTransitions.Answered(State, reply.State, time.GetUtcNow()) is { } lost)
        {
            await StoreLost(lost, "the pool does not know its lease");
        }

        if (reply.State is RequestState.Waiting or RequestState.Refused)
        {
            Observe(reply.Position);
        }
    }

    private bool Wants() => ConfigurationTransitions.Wants(State, recorded);

    private bool Asks() => ConfigurationTransitions.Asks(State, recorded);

    private void AskRegularly()
    {
        asking?.Dispose();
        asking = this.RegisterGrainTimer(_ => Asks() ? Ask() : Task.CompletedTask, new GrainTimerCreationOptions(options.Value.AskPeriod, options.Value.AskPeriod) { KeepAlive = true });
    }

    private async Task Store(ConfigurationState next)
    {
        storage.State = next;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            // Whether it is stored is unknown: the next message finds a fresh activation that reads what is.
            DeactivateOnIdle();
            throw;
        }
    }

    private Receipt Refuse(string message, LeaseToken token)
    {
        StaleRefused(Key, message, token, State.Token);
        return Receipt.Stale;
    }

    private async void Send(Task call, string what)
    {
        try
        {
            await call;
        }
        catch (Exception failure)
        {
            MessageFailed(Key, what, failure.Message);
        }
    }
}
