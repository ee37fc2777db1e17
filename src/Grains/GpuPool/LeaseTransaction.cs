using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>A lease's row as it is stored.</summary>
internal sealed record LeaseRow(Lease Lease, string SweepId, long ControlVersion, bool Alone, LeaseRowKind Kind, ETag Tag, PoolShare Share);

/// <summary>An outage's row as it is stored.</summary>
internal sealed record OutageRow(Outage Outage, ETag Tag);

/// <summary>Every row of a pool but its epoch's.</summary>
internal sealed record PoolRows(IReadOnlyList<LeaseRow> Leases, IReadOnlyList<OutageRow> Outages);

/// <summary>
/// One change of lease rows, purely: the epoch row under its ETag first, so that only the activation that raised the epoch
/// last can write, then each row under its own. A slot that goes from one lease to the next has its row replaced.
/// </summary>
internal static class LeaseTransaction
{
    /// <summary>Row key of the pool's epoch.</summary>
    public const string EpochRow = "epoch";

    /// <summary>What the store is asked to do, all or none.</summary>
    public static IReadOnlyList<TableTransactionAction> Of(string pool, long epoch, ETag epochTag, IReadOnlyList<LeaseWrite> writes)
    {
        var actions = new List<TableTransactionAction>
        {
            new(TableTransactionActionType.UpdateReplace, new TableEntity(pool, EpochRow) { ["Epoch"] = epoch }, epochTag),
        };
        actions.AddRange(Changes(pool, writes).Select(c => c.Action));
        return actions;
    }

    /// <summary>It is done, and these are the new ETags, one for each action. Answers the epoch row's.</summary>
    public static ETag Done(IReadOnlyList<LeaseWrite> writes, IReadOnlyList<ETag> tags)
    {
        foreach (var (change, tag) in Changes("", writes).Zip(tags.Skip(1)).ToList())
        {
            change.Stored?.RowTag = tag;
        }

        return tags[0];
    }

    /// <summary>Each action, with the entry whose row it stores, or null where it only deletes.</summary>
    private static IEnumerable<(TableTransactionAction Action, RowEntry? Stored)> Changes(string pool, IReadOnlyList<LeaseWrite> writes)
    {
        var added = writes.Where(w => w.To != LeaseRowKind.None).Select(w => (w.Entry, Row: Row(pool, w.Entry, w.To))).ToList();
        var keys = added.Select(a => a.Row.RowKey).ToHashSet(StringComparer.Ordinal);
        var replaced = new Dictionary<string, ETag>(StringComparer.Ordinal);
        foreach (var write in writes.Where(w => w.From != LeaseRowKind.None))
        {
            var row = Row(pool, write.Entry, write.From);
            if (keys.Contains(row.RowKey))
            {
                replaced[row.RowKey] = write.Entry.RowTag;
            }
            else
            {
                yield return (new(TableTransactionActionType.Delete, row, write.Entry.RowTag), null);
            }
        }

        foreach (var (entry, row) in added)
        {
            yield return (replaced.TryGetValue(row.RowKey, out var tag) ? new(TableTransactionActionType.UpdateReplace, row, tag) : new(TableTransactionActionType.Add, row), entry);
        }
    }

    /// <summary>Reads the rows, the epoch's left out.</summary>
    public static PoolRows Read(IEnumerable<TableEntity> entities)
    {
        var rows = entities.Where(e => e.RowKey != EpochRow).ToLookup(e => e.GetString("Kind") == nameof(LeaseRowKind.Outage));
        return new([.. rows[false].Select(ReadLease)], [.. rows[true].Select(ReadOutage)]);
    }

    private static LeaseRow ReadLease(TableEntity entity) => new(
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
        entity.GetBoolean("Alone") ?? false,
        Enum.Parse<LeaseRowKind>(entity.GetString("Kind")),
        entity.ETag,
        // Rows of earlier versions name no team.
        entity.GetString("Team") is { } team ? new(team, entity.GetInt32("Weight") ?? 1) : PoolShare.Default);

    private static OutageRow ReadOutage(TableEntity entity) => new(
        new(entity.GetString("HostName"), entity.GetString("Device"), entity.GetString("Reason"), entity.GetDateTimeOffset("Since")!.Value), entity.ETag);

    private static TableEntity Row(string pool, RowEntry entry, LeaseRowKind kind) => entry switch
    {
        LeaseEntry lease => Row(pool, lease, kind),
        OutageEntry { Outage: var outage } => new(pool, $"outage|{Hex(outage.HostName)}|{outage.Device}")
        {
            ["HostName"] = outage.HostName,
            ["Device"] = outage.Device,
            ["Reason"] = outage.Reason,
            ["Since"] = outage.Since,
            ["Kind"] = kind.ToString(),
        },
        _ => throw new InvalidOperationException($"unknown entry {entry.GetType().Name}"),
    };

    private static TableEntity Row(string pool, LeaseEntry entry, LeaseRowKind kind) =>
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
            ["Alone"] = entry.Alone,
            ["Team"] = entry.Share.Team,
            ["Weight"] = entry.Share.Weight,
            ["Kind"] = kind.ToString(),
        };

    /// <summary>A host's name is free text, a row's key is not.</summary>
    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
