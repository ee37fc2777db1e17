using System.Globalization;
using Azure;
using Azure.Data.Tables;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>The table of lease rows: it does the very actions that the product sends, all or none, under their conditions.</summary>
internal sealed class LeaseStore
{
    private static int nextTag;

    public long Epoch { get; private set; }

    public ETag EpochTag { get; private set; } = NewTag();

    public SortedDictionary<string, LeaseRow> Rows { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, OutageRow> Outages { get; } = new(StringComparer.Ordinal);

    /// <summary>Every row, as the product lists them.</summary>
    public PoolRows List() => new([.. Rows.Values], [.. Outages.Values]);

    public LeaseStore Copy()
    {
        var copy = new LeaseStore { Epoch = Epoch, EpochTag = EpochTag };
        foreach (var (key, row) in Rows)
        {
            copy.Rows[key] = row;
        }

        foreach (var (key, row) in Outages)
        {
            copy.Outages[key] = row;
        }

        return copy;
    }

    /// <summary>What an activation of the pool does first.</summary>
    public long RaiseEpoch()
    {
        EpochTag = NewTag();
        return ++Epoch;
    }

    /// <summary>The epoch row is written anew under its ETag: what bears the old one is refused from now on.</summary>
    public void Fence() => EpochTag = NewTag();

    /// <summary>Does the transaction and answers the new tags, one for each action; null where a condition does not hold.</summary>
    public ETag[]? Submit(IReadOnlyList<TableTransactionAction> actions, bool conditional)
    {
        if (conditional && !actions.All(Holds))
        {
            return null;
        }

        var tags = new ETag[actions.Count];
        for (var i = 0; i < actions.Count; i++)
        {
            var entity = (TableEntity)actions[i].Entity;
            tags[i] = NewTag();
            switch (actions[i].ActionType)
            {
                case TableTransactionActionType.UpdateReplace when entity.RowKey == LeaseTransaction.EpochRow:
                    (Epoch, EpochTag) = (entity.GetInt64("Epoch")!.Value, tags[i]);
                    break;
                case TableTransactionActionType.Delete:
                    Rows.Remove(entity.RowKey);
                    Outages.Remove(entity.RowKey);
                    break;
                default:
                    Add(entity, tags[i]);
                    break;
            }
        }

        return tags;
    }

    /// <summary>The row of a slot, or null.</summary>
    public LeaseRow? Slot(string host, string slot) => Rows.Values.FirstOrDefault(r => r.Kind == LeaseRowKind.Slot && r.Lease.Host == host && r.Lease.Slot == slot);

    private void Add(TableEntity entity, ETag tag)
    {
        var rows = LeaseTransaction.Read([entity]);
        foreach (var row in rows.Leases)
        {
            Rows[entity.RowKey] = row with { Tag = tag };
        }

        foreach (var row in rows.Outages)
        {
            Outages[entity.RowKey] = row with { Tag = tag };
        }
    }

    private bool Holds(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.UpdateReplace when action.Entity.RowKey == LeaseTransaction.EpochRow => action.ETag == EpochTag,
        TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete => (Rows.TryGetValue(action.Entity.RowKey, out var row) && row.Tag == action.ETag)
            || (Outages.TryGetValue(action.Entity.RowKey, out var outage) && outage.Tag == action.ETag),
        _ => !Rows.ContainsKey(action.Entity.RowKey) && !Outages.ContainsKey(action.Entity.RowKey),
    };

    private static ETag NewTag() => new(Interlocked.Increment(ref nextTag).ToString(CultureInfo.InvariantCulture));
}
