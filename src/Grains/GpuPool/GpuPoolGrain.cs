using System.Diagnostics;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Sweeps;

namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// Gives slots to configurations. Decisions are the <see cref="PoolBook"/>'s; here they are stored, then told. No turn
/// waits for the store or for another grain: the pump does, between turns.
/// </summary>
[GrainType("gpu-pool"), KeepAlive]
internal sealed partial class GpuPoolGrain(
    TableServiceClient tables,
    SweepIndexTable index,
    IHostLiveness liveness,
    IOptions<GpuPoolOptions> options,
    PoolMetrics metrics,
    TimeProvider time,
    ILogger<GpuPoolGrain> logger) : Grain, IGpuPoolGrain
{
    private readonly long startedAt = time.GetTimestamp();
    private LeaseTable leases = null!;
    private PoolBook book = null!;
    private Task<bool> pump = Task.FromResult(true);
    private bool pumpAgain;
    private bool over;

    private TimeSpan Now => time.GetElapsedTime(startedAt);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        leases = new(tables, this.GetPrimaryKeyString());
        book = new(await leases.RaiseEpochAsync(cancellationToken), Guid.NewGuid, options.Value);
        var rows = await leases.ListAsync(cancellationToken);
        book.Adopt(rows, Now);
        foreach (var host in rows.Leases.Select(r => r.Lease.Host).Distinct().Where(h => !liveness.MayBeAlive(h)))
        {
            book.HostIsSilent(host, "its host is no member of the cluster any more", Now);
        }

        this.RegisterGrainTimer(Tick, new GrainTimerCreationOptions(options.Value.TickPeriod, options.Value.TickPeriod) { Interleave = true });
        foreach (var name in await index.ListUnfinishedAsync(cancellationToken))
        {
            Tell(GrainFactory.GetGrain<ISweepGrain>(name).Wake(), $"wake of sweep {name}");
        }

        PoolActivated(this.GetPrimaryKeyString(), book.Epoch, rows.Leases.Count);
        Pump();
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        over = true;
        metrics.Leave(book);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<RequestReply> Request(LeaseRequest request)
    {
        var reply = book.Request(request, Now);
        Pump();
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public Task Started(string configurationKey, LeaseToken token, long heartbeatNumber)
    {
        book.Started(configurationKey, token, heartbeatNumber, Now);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release(string configurationKey, LeaseToken token)
    {
        book.Release(configurationKey, token, Now);
        Pump();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Refused(Lease lease, long heartbeatNumber)
    {
        book.Refused(lease, heartbeatNumber, Now);
        Pump();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<HeartbeatReply> Heartbeat(HostHeartbeat heartbeat)
    {
        if (book.IsBehind(heartbeat))
        {
            StepDown($"host {heartbeat.HostName} has seen epoch {heartbeat.HighestEpoch}, own {book.Epoch}");
            return Task.FromResult(HeartbeatReply.Nothing);
        }

        if (liveness.IsDead(heartbeat.Host))
        {
            // Cut off, or frozen for long: what it says comes too late.
            book.HostDied(heartbeat.Host, "its host is dead", Now);
        }

        var reply = book.Heartbeat(heartbeat, Now);
        if (reply.Judged.Length > 0)
        {
            DevicesJudged(string.Join(", ", reply.Judged), heartbeat.HostName);
        }

        Pump();
        return Task.FromResult(reply);
    }

    /// <inheritdoc/>
    public Task HostDied(string host)
    {
        book.HostDied(host, "its host died", Now);
        Pump();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task WithdrawSweep(string sweepId, long controlVersion, SweepHalt halt)
    {
        book.WithdrawSweep(sweepId, controlVersion, halt, Now);
        Pump();
        while (halt == SweepHalt.Cancel && book.HoldsBefore(sweepId, controlVersion))
        {
            if (!await pump)
            {
                throw new InvalidOperationException($"The leases of {sweepId} could not be taken back: the store does not answer. Ask again.");
            }

            Pump();
        }
    }

    /// <inheritdoc/>
    public Task<DrainReply> Drain(string host, string by) => ChangeOutages(() => book.Drain(host, by, time.GetUtcNow()));

    /// <inheritdoc/>
    public Task<DrainReply> Undrain(string host, string? device) => ChangeOutages(() => book.Undrain(host, device));

    /// <inheritdoc/>
    public Task<string[]> NumericsClasses() => Task.FromResult(book.NumericsClasses());

    /// <inheritdoc/>
    public Task<int> Slots(string numericsClass) => Task.FromResult(book.Slots(numericsClass));

    /// <inheritdoc/>
    public Task<PoolSnapshot> Describe() => Task.FromResult(book.Describe(Now));

    /// <summary>What an operator asks for is stored before it is answered, and what was asked before it first.</summary>
    private async Task<DrainReply> ChangeOutages(Func<DrainReply> change)
    {
        await OutagesStored();
        var reply = change();
        await OutagesStored();
        if (reply.Changed)
        {
            OutagesChanged(this.GetPrimaryKeyString(), string.Join("; ", book.Describe(Now).Outages.Select(o => $"{o.HostName} {o.Device}: {o.Reason}").DefaultIfEmpty("none")));
        }

        return reply;
    }

    private async Task OutagesStored()
    {
        Pump();
        while (!book.OutagesAreStored)
        {
            if (!await pump)
            {
                throw new InvalidOperationException("What is out of service could not be stored: the store does not answer. Ask again.");
            }

            Pump();
        }
    }

    private async Task Tick(CancellationToken cancellationToken)
    {
        book.Tick(Now, options.Value);
        metrics.Publish(book);
        Pump();
        try
        {
            // While the pump writes, the epoch row's ETag proves the epoch already.
            if (pump.IsCompleted)
            {
                await leases.CheckEpochAsync(cancellationToken);
            }
        }
        catch (PoolSupersededException superseded)
        {
            StepDown(superseded.Message);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            PoolStoreFailed(this.GetPrimaryKeyString(), failure.Message);
        }
    }

    private void Pump()
    {
        pumpAgain = true;
        if (pump.IsCompleted)
        {
            pump = RunPump();
        }
    }

    private async Task<bool> RunPump()
    {
        while (pumpAgain)
        {
            pumpAgain = false;
            book.Schedule(Now);
            Send(book.Settle(Now));
            var writes = book.TakeWrites(LeaseTable.MostWrites);
            if (writes.Count == 0)
            {
                continue;
            }

            pumpAgain = true;
            if (!await Store(writes))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> Store(IReadOnlyList<LeaseWrite> writes)
    {
        try
        {
            await leases.WriteAsync(writes, CancellationToken.None);
            Send(book.Written(writes, Now));
            return true;
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            PoolStoreFailed(this.GetPrimaryKeyString(), failure.Message);
        }

        try
        {
            // Whether the transaction took effect, or still will, is unknown: only what the store holds then counts.
            await leases.FenceAsync(CancellationToken.None);
            var rows = await leases.ListAsync(CancellationToken.None);
            PoolBook.NotWritten(writes, rows);
            return true;
        }
        catch (PoolSupersededException superseded)
        {
            StepDown(superseded.Message);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException)
        {
            // Neither write nor read: start afresh from the store once it answers; trainers go on meanwhile.
            PoolStoreFailed(this.GetPrimaryKeyString(), failure.Message);
            DeactivateOnIdle();
        }

        return false;
    }

    private void StepDown(string reason)
    {
        PoolStepsDown(this.GetPrimaryKeyString(), reason);
        DeactivateOnIdle();
    }

    private void Send(IReadOnlyList<PoolMessage> messages)
    {
        foreach (var message in messages)
        {
            var configuration = GrainFactory.GetGrain<IConfigurationGrain>(message.Lease.ConfigurationKey);
            switch (message)
            {
                case PoolMessage.Offer offer:
                    LeaseGranted(offer.Lease.ConfigurationKey, offer.Lease.Token, offer.Lease.Host, offer.Lease.Slot);
                    TellUntilHeard(() => configuration.LeaseOffered(offer.Lease), () => book.IsOffered(offer.Lease), $"offer to {offer.Lease.ConfigurationKey}");
                    break;
                case PoolMessage.Lost lost:
                    LeaseIsLost(lost.Lease.ConfigurationKey, lost.Lease.Token, lost.Reason);
                    TellUntilHeard(() => configuration.LeaseLost(lost.Lease.Token, lost.Reason), () => true, $"loss to {lost.Lease.ConfigurationKey}");
                    break;
                default:
                    throw new InvalidOperationException($"unknown message {message.GetType().Name}");
            }
        }
    }

    /// <summary>
    /// Sends without awaiting, and again while it is due: the configuration may have lived on the very silo that died, and a message
    /// sent before everybody knows of that death is lost with it. Without it the sweep's next tick would make up for a loss, a minute later.
    /// </summary>
    private async void TellUntilHeard(Func<Task> call, Func<bool> due, string what)
    {
        // Whoever's call it was that set the pump going, this is no part of it.
        Activity.Current = null;
        while (!over && due())
        {
            try
            {
                await call();
                return;
            }
            catch (Exception failure)
            {
                MessageFailed(what, failure.Message);
            }

            await Task.Delay(options.Value.TickPeriod, time);
        }
    }

    /// <summary>Sends without awaiting: who does not hear it asks by itself.</summary>
    private async void Tell(Task call, string what)
    {
        try
        {
            await call;
        }
        catch (Exception failure)
        {
            MessageFailed(what, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool {Pool} is active, epoch {Epoch}, with {Rows} lease rows")]
    private partial void PoolActivated(string pool, long epoch, int rows);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Granted {Configuration} token {Token} on {Host} {Slot}")]
    private partial void LeaseGranted(string configuration, LeaseToken token, string host, string slot);

    [LoggerMessage(Level = LogLevel.Information, Message = "Lease {Token} of {Configuration} is over: {Reason}")]
    private partial void LeaseIsLost(string configuration, LeaseToken token, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Devices} of {Host} takes no work, for its failures, until an operator puts it back; 'pool show' says why")]
    private partial void DevicesJudged(string devices, string host);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pool {Pool}: out of service until an operator puts it back: {Outages}")]
    private partial void OutagesChanged(string pool, string outages);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pool {Pool} could not reach its rows: {Failure}")]
    private partial void PoolStoreFailed(string pool, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pool {Pool} steps down: {Reason}")]
    private partial void PoolStepsDown(string pool, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not delivered: {What}: {Failure}")]
    private partial void MessageFailed(string what, string failure);
}
