using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using SmallBatch.AzureStorage.Keys;
using SmallBatch.AzureStorage.Writes;

namespace SmallBatch.AzureStorage.Reminders;

/// <summary>Reminders in an Azure table: partition <c>{service id}_{ring hash, 8 hex}</c>, so that a range of the ring is a range of partitions.</summary>
internal sealed partial class AzureReminderTable(IOptions<AzureTableReminderStorageOptions> options, IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<AzureReminderTable> logger) : IReminderTable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly Lazy<TableClient> client = new(() => options.Value.TableServiceClient!.GetTableClient(options.Value.TableName));
    private readonly string serviceId = cluster.Value.ServiceId;
    private TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TableClient Table => client.Value;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        started = started.Task.IsCanceled ? new(TaskCreationOptions.RunContinuationsAsynchronously) : started;
        while (true)
        {
            try
            {
                await Table.CreateIfNotExistsAsync(cancellationToken);
                started.TrySetResult();
                return;
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it is: the silo waits, and says what for.
                StoreDoesNotAnswer(options.Value.TableName, failure.Message.Split('\n')[0]);
                await Task.Delay(RetryAfter, time, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        // Whoever still waits for the start, and whoever calls from now on, is told so at once.
        if (!started.TrySetCanceled(CancellationToken.None))
        {
            started = new(TaskCreationOptions.RunContinuationsAsynchronously);
            started.SetCanceled(CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadRows(grainId, CancellationToken.None);

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(GrainId grainId, CancellationToken cancellationToken)
    {
        var partition = Partition(grainId.GetUniformHashCode());
        var prefix = TableKeys.Sanitise(grainId.ToString());
        return Query(TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {prefix + "-"} and RowKey le {prefix + "."}"), cancellationToken, r => r.GrainId == grainId);
    }

    /// <inheritdoc/>
    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadRows(begin, end, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end, CancellationToken cancellationToken)
    {
        var (all, after) = (TableKeys.Sanitise(serviceId) + "_", TableKeys.Sanitise(serviceId) + (char)('_' + 1));
        if (begin < end)
        {
            return await Query(TableClient.CreateQueryFilter($"PartitionKey gt {Partition(begin)} and PartitionKey le {Partition(end)}"), cancellationToken);
        }

        if (begin == end)
        {
            return await Query(TableClient.CreateQueryFilter($"PartitionKey gt {all} and PartitionKey lt {after}"), cancellationToken);
        }

        // The range wraps around the ring's end.
        var low = await Query(TableClient.CreateQueryFilter($"PartitionKey gt {all} and PartitionKey le {Partition(end)}"), cancellationToken);
        var high = await Query(TableClient.CreateQueryFilter($"PartitionKey gt {Partition(begin)} and PartitionKey lt {after}"), cancellationToken);
        return new(low.Reminders.Concat(high.Reminders));
    }

    /// <inheritdoc/>
    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => ReadRow(grainId, reminderName, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName, CancellationToken cancellationToken)
    {
        await started.Task.WaitAsync(cancellationToken);
        var row = await Table.GetEntityIfExistsAsync<TableEntity>(Partition(grainId.GetUniformHashCode()), Key(grainId, reminderName), cancellationToken: cancellationToken);
        return row.HasValue ? Read(row.Value!) : null;
    }

    /// <inheritdoc/>
    public Task<string?> UpsertRow(ReminderEntry entry) => UpsertRow(entry, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry, CancellationToken cancellationToken)
    {
        await started.Task.WaitAsync(cancellationToken);
        var hash = entry.GrainId.GetUniformHashCode();
        var row = new TableEntity(Partition(hash), Key(entry.GrainId, entry.ReminderName))
        {
            ["GrainReference"] = entry.GrainId.ToString(),
            ["ReminderName"] = entry.ReminderName,
            ["ServiceId"] = serviceId,
            ["DeploymentId"] = cluster.Value.ClusterId,
            ["StartAt"] = LogFormatter.PrintDate(entry.StartAt),
            ["Period"] = entry.Period.ToString("c", CultureInfo.InvariantCulture),
            ["GrainRefConsistentHash"] = hash.ToString("X8", CultureInfo.InvariantCulture),
        };
        try
        {
            // Unconditional and the same each time: sent twice is as good as once.
            return (await Table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken)).Headers.ETag!.Value.ToString();
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => RemoveRow(grainId, reminderName, eTag, CancellationToken.None);

    /// <inheritdoc/>
    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag, CancellationToken cancellationToken)
    {
        await started.Task.WaitAsync(cancellationToken);
        if (string.IsNullOrEmpty(eTag))
        {
            // To the client no tag is any tag.
            return false;
        }

        var (partition, key) = (Partition(grainId.GetUniformHashCode()), Key(grainId, reminderName));
        try
        {
            return await Settlement.WriteAsync(
                async () => (await Table.DeleteEntityAsync(partition, key, new ETag(eTag), cancellationToken)).Status == 404 ? throw new RequestFailedException(404, "The row is gone.", "ResourceNotFound", null) : "removed",
                async () => (await Table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken)).HasValue ? null : "removed",
                cancellationToken) == "removed";
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public Task TestOnlyClearTable() => TestOnlyClearTable(CancellationToken.None);

    /// <inheritdoc/>
    public async Task TestOnlyClearTable(CancellationToken cancellationToken)
    {
        await started.Task.WaitAsync(cancellationToken);
        var filter = TableClient.CreateQueryFilter($"ServiceId eq {serviceId} and DeploymentId eq {cluster.Value.ClusterId}");
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder table {Table} cannot be made ready, and is tried again every second: {Failure}")]
    private partial void StoreDoesNotAnswer(string table, string failure);

    private async Task<ReminderTableData> Query(string filter, CancellationToken cancellationToken, Func<ReminderEntry, bool>? wanted = null)
    {
        await started.Task.WaitAsync(cancellationToken);
        var entries = new List<ReminderEntry>();
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.GetString("ServiceId") == serviceId && Read(row) is { } entry && (wanted is null || wanted(entry)))
            {
                entries.Add(entry);
            }
        }

        return new(entries);
    }

    private static ReminderEntry? Read(TableEntity row)
    {
        try
        {
            return new()
            {
                GrainId = GrainId.Parse(row.GetString("GrainReference")),
                ReminderName = row.GetString("ReminderName"),
                StartAt = LogFormatter.ParseDate(row.GetString("StartAt")),
                Period = TimeSpan.Parse(row.GetString("Period"), CultureInfo.InvariantCulture),
                ETag = row.ETag.ToString(),
            };
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            // One unreadable reminder must not cost all others of the ring's range.
            return null;
        }
    }

    private string Partition(uint hash) => TableKeys.Sanitise($"{serviceId}_{hash:X8}");

    private static string Key(GrainId grainId, string reminderName) => TableKeys.Sanitise($"{grainId}-{reminderName}");
}
