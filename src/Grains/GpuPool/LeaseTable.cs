using System.Globalization;
using Azure;
using Azure.Data.Tables;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>A row as it is stored.</summary>
internal sealed record LeaseRow(Lease Lease, string SweepId, long ControlVersion, LeaseRowKind Kind, ETag Tag);

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
    private const string EpochRow = "epoch";
    private readonly TableClient table = service.GetTableClient(TableName);
    private ETag epochTag;
    private long epoch;

    /// <summary>Raises the stored epoch and answers it.</summary>
    public async Task<long> RaiseEpochAsync(CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        var stored = await table.GetEntityIfExistsAsync<TableEntity>(pool, EpochRow, cancellationToken: cancellationToken);
        epoch = (stored.HasValue ? stored.Value!.GetInt64("Epoch") ?? 0 : 0) + 1;
        var row = new TableEntity(pool, EpochRow) { ["Epoch"] = epoch };
        var response = stored.HasValue
            ? await table.UpdateEntityAsync(row, stored.Value!.ETag, TableUpdateMode.Replace, cancellationToken)
            : await table.AddEntityAsync(row, cancellationToken);
        epochTag = response.Headers.ETag!.Value;
        return epoch;
    }

    /// <summary>Reads the epoch row again. Throws <see cref="PoolSupersededException"/> where it is not ours.</summary>
    public async Task CheckEpochAsync(CancellationToken cancellationToken)
    {
        var row = await table.GetEntityAsync<TableEntity>(pool, EpochRow, cancellationToken: cancellationToken);
        var stored = row.Value.GetInt64("Epoch") ?? 0;
        if (stored != epoch)
        {
            throw new PoolSupersededException(epoch, stored);
        }

        epochTag = row.Value.ETag;
    }

    /// <summary>Every lease row.</summary>
    public async Task<IReadOnlyList<LeaseRow>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = new List<LeaseRow>();
        await foreach (var entity in table.QueryAsync<TableEntity>(e => e.PartitionKey == pool, cancellationToken: cancellationToken))
        {
            if (entity.RowKey != EpochRow)
            {
                rows.Add(Read(entity));
            }
        }

        return rows;
    }

    /// <summary>Stores the changes, all or none. Throws <see cref="RequestFailedException"/> where it is unknown or refused.</summary>
    public async Task WriteAsync(IReadOnlyList<LeaseWrite> writes, CancellationToken cancellationToken)
    {
        var actions = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.UpdateReplace, new TableEntity(pool, EpochRow) { ["Epoch"] = epoch }, epochTag),
        };
        var added = new Dictionary<int, LeaseEntry>();
        foreach (var write in writes)
        {
            if (write.From != LeaseRowKind.None)
            {
                actions.Add(new(TableTransactionActionType.Delete, Row(write.Entry, write.From), write.Entry.RowTag));
            }

            if (write.To != LeaseRowKind.None)
            {
                added[actions.Count] = write.Entry;
                actions.Add(new(TableTransactionActionType.Add, Row(write.Entry, write.To)));
            }
        }

        var response = await table.SubmitTransactionAsync(actions, cancellationToken);
        epochTag = response.Value[0].Headers.ETag!.Value;
        foreach (var (index, entry) in added)
        {
            entry.RowTag = response.Value[index].Headers.ETag!.Value;
        }
    }

    private TableEntity Row(LeaseEntry entry, LeaseRowKind kind) =>
        new(pool, kind == LeaseRowKind.Slot ? $"slot|{entry.Lease.Host}|{entry.Lease.Slot}" : $"finishing|{entry.Lease.Token}")
        {
            ["ConfigurationKey"] = entry.Lease.ConfigurationKey,
            ["TokenEpoch"] = entry.Lease.Token.Epoch,
            ["TokenSequence"] = entry.Lease.Token.Sequence,
            ["TokenId"] = entry.Lease.Token.Id,
            ["Host"] = entry.Lease.Host,
            ["Slot"] = entry.Lease.Slot,
            ["Device"] = entry.Lease.Device,
            ["SweepId"] = entry.SweepId,
            ["ControlVersion"] = entry.ControlVersion,
            ["Kind"] = kind.ToString(),
        };

    private static LeaseRow Read(TableEntity entity) => new(
        new(
            entity.GetString("ConfigurationKey"),
            new(
                Convert.ToInt64(entity["TokenEpoch"], CultureInfo.InvariantCulture),
                Convert.ToInt64(entity["TokenSequence"], CultureInfo.InvariantCulture),
                entity.GetGuid("TokenId")!.Value),
            entity.GetString("Host"),
            entity.GetString("Slot"),
            entity.GetString("Device")),
        entity.GetString("SweepId"),
        Convert.ToInt64(entity["ControlVersion"], CultureInfo.InvariantCulture),
        Enum.Parse<LeaseRowKind>(entity.GetString("Kind")),
        entity.ETag);
}
