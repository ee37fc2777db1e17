using Azure;
using Azure.Data.Tables;

namespace SmallBatch.Silo.Health;

/// <summary>What one raise of the canary says.</summary>
/// <param name="Written">The highest number that the store has acknowledged to this silo before.</param>
/// <param name="Read">What the store holds where that is less: it went back; 0 for no row. Null where it did not.</param>
/// <param name="StoreTime">The store's clock as it answered; null where it did not say.</param>
internal sealed record CanaryAnswer(long Written, long? Read, DateTimeOffset? StoreTime);

/// <summary>
/// A row of this silo's own whose number it raises, each time under the ETag of the last: one small request, which reads as
/// it writes. A store that holds less than it has acknowledged has lost what was written since.
/// </summary>
internal sealed class StoreCanary(TableServiceClient service, string cluster, string silo)
{
    /// <summary>The table.</summary>
    public const string TableName = "SmallBatchCanary";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);
    private readonly TableClient table = service.GetTableClient(TableName);
    private ETag? tag;
    private long written;
    private CanaryAnswer? wentBack;

    /// <summary>Raises the number. Throws <see cref="RequestFailedException"/> where the store does not answer.</summary>
    public async Task<CanaryAnswer> RaiseAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status is 404 or 409 or 412)
        {
            // Not the row that was left there: an earlier raise whose answer was lost, or less than that.
            await table.CreateIfNotExistsAsync(cancellationToken);
            var stored = await table.GetEntityIfExistsAsync<TableEntity>(cluster, silo, cancellationToken: cancellationToken);
            tag = stored.HasValue ? stored.Value!.ETag : null;
            var read = stored.HasValue ? stored.Value!.GetInt64("Number") ?? 0 : 0;
            if (read < written)
            {
                // Remembered until it is told: the write that follows may fail too.
                wentBack = new(Math.Max(written, wentBack?.Written ?? 0), read, null);
            }

            written = read;
            return await WriteAsync(cancellationToken);
        }
    }

    /// <summary>Takes the row away, with those of silos that have not raised theirs for a day.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await table.DeleteEntityAsync(cluster, silo, cancellationToken: cancellationToken);
        var answer = await service.GetPropertiesAsync(cancellationToken);
        if (answer.GetRawResponse().Headers.Date is { } now)
        {
            var old = now - KeptFor;
            await foreach (var row in table.QueryAsync<TableEntity>(r => r.Timestamp < old, cancellationToken: cancellationToken))
            {
                await table.DeleteEntityAsync(row, row.ETag, cancellationToken);
            }
        }
    }

    private async Task<CanaryAnswer> WriteAsync(CancellationToken cancellationToken)
    {
        var row = new TableEntity(cluster, silo) { ["Number"] = written + 1 };
        var response = tag is { } last
            ? await table.UpdateEntityAsync(row, last, TableUpdateMode.Replace, cancellationToken)
            : await table.AddEntityAsync(row, cancellationToken);
        tag = response.Headers.ETag;
        var answer = wentBack ?? new(written, null, null);
        (written, wentBack) = (written + 1, null);
        return answer with { StoreTime = response.Headers.Date };
    }
}
