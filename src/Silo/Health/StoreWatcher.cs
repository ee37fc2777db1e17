using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Health;

/// <summary>
/// Raises this silo's canary in the store every second: whether the store is there, whether it has lost what was written
/// last, and what its clock says.
/// </summary>
internal sealed partial class StoreWatcher(
    StorageClients clients,
    IOptions<ClusterOptions> cluster,
    ILocalSiloDetails silo,
    StoreRecovery recovery,
    TimeProvider time,
    HealthMetrics metrics,
    ILogger<StoreWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan RaiseEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private Task recovering = Task.CompletedTask;
    private string? silence = "the store has not answered yet";
    private string? clock;

    /// <summary>Why the store or this machine's clock keep the silo from being ready; null where they do not.</summary>
    public string? Complaint => clock ?? silence;

    /// <summary>When the store last went back, in words; null where it never did.</summary>
    public string? Remark { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not a moment of it holds up the start.
        await Task.Yield();
        var options = new TableClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = Patience } };
        var canary = new StoreCanary(clients.Tables(options), cluster.Value.ClusterId, silo.SiloAddress.ToParsableString());
        try
        {
            while (true)
            {
                await RaiseAsync(canary, stoppingToken);
                await Task.Delay(RaiseEvery, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await RemoveAsync(canary);
        }
    }

    private async Task RaiseAsync(StoreCanary canary, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var answer = await canary.RaiseAsync(cancellationToken);
            Compare(answer.StoreTime, time.GetElapsedTime(started));
            metrics.StoreAnswered();
            var before = Interlocked.Exchange(ref silence, null);
            if (before is not null)
            {
                StoreIsThere();
            }

            if (answer.Read is { } read)
            {
                StoreWentBack(read, answer.Written);
                metrics.StoreWentBack();
                Remark = $"the store went back at {time.GetUtcNow():HH:mm:ss}Z and lost about the last {answer.Written - read} s";
                recovering = RecoverAsync(recovering, recovery.RunAsync, cancellationToken);
            }
            else if (before is not null && answer.Written > 0)
            {
                // It may have been started anew and have lost less than the time between two raises.
                recovering = RecoverAsync(recovering, recovery.ReadAgainAsync, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // One that refuses for the clock's sake tells its own time all the same.
            Compare((failure as RequestFailedException)?.GetRawResponse()?.Headers.Date, time.GetElapsedTime(started));
            if (silence is null)
            {
                silence = $"the store has not answered since {time.GetUtcNow():HH:mm:ss}Z: {failure.Message.Split('\n')[0]}";
                StoreIsGone(failure.Message);
            }
        }
    }

    /// <summary>One after the other: what went back during a recovery is read again too.</summary>
    private static async Task RecoverAsync(Task before, Func<CancellationToken, Task> recover, CancellationToken cancellationToken)
    {
        try
        {
            await before;
            await recover(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The silo ends.
        }
    }

    private void Compare(DateTimeOffset? storeTime, TimeSpan took)
    {
        if (storeTime is not { } store)
        {
            return;
        }

        var received = time.GetUtcNow();
        metrics.ClockIsAhead(ClockOffset.Ahead(store, received, took));
        var (before, now) = (clock, ClockOffset.Judge(store, received, took));
        clock = now;
        if ((before is null) != (now is null))
        {
            ClockJudged(now ?? "this machine's clock is right again");
        }
    }

    private async Task RemoveAsync(StoreCanary canary)
    {
        try
        {
            await canary.RemoveAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or OperationCanceledException)
        {
            // Another silo takes it away, a day after its last raise.
            CanaryLeft(failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not answer: {Failure}. Trainers go on; nothing is granted or stored until it is back")]
    private partial void StoreIsGone(string failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store answers")]
    private partial void StoreIsThere();

    [LoggerMessage(EventName = "StoreWentBack", Level = LogLevel.Warning, Message = "The store went back: it holds canary {Read} of this silo, which has written {Written}, one a second. What was stored in between is lost; everything is read again")]
    private partial void StoreWentBack(long read, long written);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Judgement}")]
    private partial void ClockJudged(string judgement);

    [LoggerMessage(Level = LogLevel.Information, Message = "The canary's row is left in the store: {Failure}")]
    private partial void CanaryLeft(string failure);
}
