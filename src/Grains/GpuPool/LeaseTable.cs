using Azure;
using Azure.Data.Tables;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Another activation of the pool has raised the epoch: this one must step down.</summary>
internal sealed class PoolSupersededException(long own, long stored)
    : Exception($"pool epoch found {stored}, own {own}: another activation has taken over");

/// <summary>
/// The lease rows of one pool, one partition. Every transaction includes the epoch row with its ETag, so that of two
/// activations only the one that raised the epoch last can write.
/// </summary>
internal sealed class LeaseTable(TableServiceClient service, string pool)
{
    /// <summary>Changes that fit one transaction beside the epoch row; a move to finishing takes two of 100 operations.</summary>
    public const int MostWrites = 49;

    private const string TableName = "SmallBatchLeases";
    private readonly TableClient table = service.GetTableClient(TableName);
    private ETag epochTag;
    private long epoch;

    /// <summary>Raises the stored epoch and answers it.</summary>
    public async Task<long> RaiseEpochAsync(CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        var stored = await table.GetEntityIfExistsAsync<TableEntity>(pool, LeaseTransaction.EpochRow, cancellationToken: cancellationToken);
        epoch = (stored.HasValue ? stored.Value!.GetInt64("Epoch") ?? 0 : 0) + 1;
        var row = new TableEntity(pool, LeaseTransaction.EpochRow) { ["Epoch"] = epoch };
        var response = stored.HasValue
            ? await table.UpdateEntityAsync(row, stored.Value!.ETag, TableUpdateMode.Replace, cancellationToken)
            : await table.AddEntityAsync(row, cancellationToken);
        epochTag = response.Headers.ETag!.Value;
        return epoch;
    }

    /// <summary>Reads the epoch row again. Throws <see cref="PoolSupersededException"/> where it is not ours.</summary>
    public async Task CheckEpochAsync(CancellationToken cancellationToken)
    {
        var row = await table.GetEntityAsync<TableEntity>(pool, LeaseTransaction.EpochRow, cancellationToken: cancellationToken);
        var stored = row.Value.GetInt64("Epoch") ?? 0;
        if (stored != epoch)
        {
            throw new PoolSupersededException(epoch, stored);
        }

        epochTag = row.Value.ETag;
    }

    /// <summary>
    /// After a write whose outcome is unknown: writes the epoch row anew, so that the earlier write, should it still be on
    /// its way, is refused when it arrives, and a listing from now on is the truth. Throws
    /// <see cref="PoolSupersededException"/> where the epoch row is not ours.
    /// </summary>
    public async Task FenceAsync(CancellationToken cancellationToken)
    {
        await CheckEpochAsync(cancellationToken);
        var row = new TableEntity(pool, LeaseTransaction.EpochRow) { ["Epoch"] = epoch };
        var response = await table.UpdateEntityAsync(row, epochTag, TableUpdateMode.Replace, cancellationToken);
        epochTag = response.Headers.ETag!.Value;
    }

    /// <summary>Every row but the epoch's.</summary>
    public async Task<PoolRows> ListAsync(CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var entity in table.QueryAsync<TableEntity>(e => e.PartitionKey == pool, cancellationToken: cancellationToken))
        {
            rows.Add(entity);
        }

        return LeaseTransaction.Read(rows);
    }

    /// <summary>Stores the changes, all or none. Throws <see cref="RequestFailedException"/> where it is unknown or refused.</summary>
    public async Task WriteAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        var actions = LeaseTransaction.Of(pool, epoch, epochTag, writes);
        var response = await table.SubmitTransactionAsync(actions, cancellationToken);
        epochTag = LeaseTransaction.Done(writes, [.. response.Value.Select(r => r.Headers.ETag ?? default)]);
    }
}
