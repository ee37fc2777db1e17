using Azure;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Health;

/// <summary>
/// The first thing that a silo does: it reads the store's format, and goes no further where this release must not use the store. Nothing is
/// written before that.
/// </summary>
internal sealed partial class FormatGate(StoreFormatTable format, TimeProvider time, ILogger<FormatGate> logger) : IHostedService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>As long as a silo tries to join.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        for (var told = false; ; told = true)
        {
            var asked = time.GetTimestamp();
            try
            {
                await format.RaiseAsync(cancellationToken);
                return;
            }
            catch (Exception failure) when (failure is RequestFailedException or AggregateException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                var why = Clock(failure, time.GetElapsedTime(asked)) ?? failure.Message.Split('\n')[0];
                if (time.GetElapsedTime(since) > Patience)
                {
                    throw new InvalidOperationException($"the store has not answered for {Patience.TotalMinutes:F0} min: {why}", failure);
                }

                if (!told)
                {
                    StoreIsSilent(why);
                }

                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A store that refuses for the clock's sake tells its own time all the same.</summary>
    private string? Clock(Exception failure, TimeSpan took) =>
        (failure as RequestFailedException)?.GetRawResponse()?.Headers.Date is { } store ? ClockOffset.Judge(store, time.GetUtcNow(), took) : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not answer: {Failure}. The silo joins once it has read the store's format")]
    private partial void StoreIsSilent(string failure);
}
