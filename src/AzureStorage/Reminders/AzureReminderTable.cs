using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SmallBatch.AzureStorage.Keys;

namespace SmallBatch.AzureStorage.Reminders;

/// <summary>Reminders in an Azure table: partition <c>{service id}_{ring hash, 8 hex}</c>, so that a range of the ring is a range of partitions.</summary>
internal sealed class AzureReminderTable(IOptions<AzureTableReminderStorageOptions> options, IOptions<ClusterOptions> cluster, TimeProvider time) : IReminderTable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly TableClient table = options.Value.TableServiceClient!.GetTableClient(options.Value.TableName);
    private readonly string serviceId = cluster.Value.ServiceId;
    private TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        started = started.Task.IsCanceled ? new(TaskCreationOptions.RunContinuationsAsynchronously) : started;
        while (true)
        {
            try
            {
                await table.CreateIfNotExistsAsync(cancellationToken);
                started.TrySetResult();
                return;
            }
            catch (Exception failure) when (failure is RequestFailedException or AggregateException)
            {
                // The client throws an AggregateException where none of its own tries reached the store.
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
    public Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        var partition = Partition(grainId.GetUniformHashCode());
        var prefix = TableKeys.Sanitise(grainId.ToString());
        return Query(TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {prefix + "-"} and RowKey le {prefix + "."}"), r => r.GrainId == grainId);
    }

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var (all, after) = (TableKeys.Sanitise(serviceId) + "_", TableKeys.Sanitise(serviceId) + (char)('_' + 1));
        if (begin < end)
        {
            return await Query(TableClient.CreateQueryFilter($"PartitionKey gt {Partition(begin)} and PartitionKey le {Partition(end)}"));
        }

        if (begin == end)
        {
            return await Query(TableClient.CreateQueryFilter($"PartitionKey gt {all} and PartitionKey lt {after}"));
        }

        // The range wraps around the ring's end.
        var low = await Query(TableClient.CreateQueryFilter($"PartitionKey gt {all} and PartitionKey le {Partition(end)}"));
        var high = await Query(TableClient.CreateQueryFilter($"PartitionKey gt {Partition(begin)} and PartitionKey lt {after}"));
        return new(low.Reminders.Concat(high.Reminders));
    }

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        await started.Task;
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Partition(grainId.GetUniformHashCode()), Key(grainId, reminderName));
        return row.HasValue ? Read(row.Value!) : null;
    }

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        await started.Task;
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
            return (await table.UpsertEntityAsync(row, TableUpdateMode.Merge)).Headers.ETag!.Value.ToString();
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        await started.Task;
        try
        {
            var response = await table.DeleteEntityAsync(Partition(grainId.GetUniformHashCode()), Key(grainId, reminderName), new ETag(eTag));
            return response.Status != 404;
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task TestOnlyClearTable()
    {
        await started.Task;
        var filter = TableClient.CreateQueryFilter($"ServiceId eq {serviceId} and DeploymentId eq {cluster.Value.ClusterId}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter))
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey);
        }
    }

    private async Task<ReminderTableData> Query(string filter, Func<ReminderEntry, bool>? wanted = null)
    {
        await started.Task;
        var entries = new List<ReminderEntry>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter))
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
