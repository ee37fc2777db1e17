using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Health;

/// <summary>Asks the store every few seconds whether it is there, so that readiness can say so. Nothing else depends on it.</summary>
internal sealed partial class StoreWatcher(IOptions<StorageSettings> settings, TimeProvider time, ILogger<StoreWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Why the store does not answer, and since when; null while it does.</summary>
    public string? Silence { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = Patience } };
        var table = StorageClients.Tables(settings.Value, options).GetTableClient("OrleansSiloInstances");
        while (true)
        {
            try
            {
                // Whether there is such a row is of no interest: an answer is.
                await table.GetEntityIfExistsAsync<TableEntity>("health", "health", cancellationToken: stoppingToken);
                if (Silence is not null)
                {
                    StoreIsBack();
                    Silence = null;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (Silence is null)
                {
                    Silence = $"the store has not answered since {time.GetUtcNow():HH:mm:ss}Z: {failure.Message.Split('\n')[0]}";
                    StoreIsGone(failure.Message);
                }
            }

            await Task.Delay(AskEvery, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not answer: {Failure}. Trainers go on; nothing is granted or stored until it is back")]
    private partial void StoreIsGone(string failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store is back")]
    private partial void StoreIsBack();
}
