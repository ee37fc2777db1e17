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

    public LeaseStore Copy()
    {
        var copy = new LeaseStore { Epoch = Epoch, EpochTag = EpochTag };
        foreach (var (key, row) in Rows)
        {
            copy.Rows[key] = row;
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
                case TableTransactionActionType.UpdateReplace:
                    (Epoch, EpochTag) = (entity.GetInt64("Epoch")!.Value, tags[i]);
                    break;
                case TableTransactionActionType.Delete:
                    Rows.Remove(entity.RowKey);
                    break;
                default:
                    Rows[entity.RowKey] = LeaseTransaction.Read(entity) with { Tag = tags[i] };
                    break;
            }
        }

        return tags;
    }

    /// <summary>The row of a slot, or null.</summary>
    public LeaseRow? Slot(string host, string slot) => Rows.Values.FirstOrDefault(r => r.Kind == LeaseRowKind.Slot && r.Lease.Host == host && r.Lease.Slot == slot);

    private bool Holds(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.UpdateReplace => action.ETag == EpochTag,
        TableTransactionActionType.Delete => Rows.TryGetValue(action.Entity.RowKey, out var row) && row.Tag == action.ETag,
        _ => !Rows.ContainsKey(action.Entity.RowKey),
    };

    private static ETag NewTag() => new(Interlocked.Increment(ref nextTag).ToString(CultureInfo.InvariantCulture));
}
