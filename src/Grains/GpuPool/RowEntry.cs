using Azure;

namespace SmallBatch.Grains.GpuPool;

/// <summary>Which row of an entry is stored.</summary>
internal enum LeaseRowKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>The row of the slot that a lease occupies: one per slot, so that no slot is ever granted twice.</summary>
    Slot,

    /// <summary>The row that guards an unacknowledged outcome, keyed by token.</summary>
    Finishing,

    /// <summary>The row of a host or device that takes no work.</summary>
    Outage,
}

/// <summary>Something of the book that has a row in the table: what is stored of it, and what ought to be.</summary>
internal abstract class RowEntry
{
    /// <summary>The row as last known to be stored.</summary>
    public LeaseRowKind Row
    {
        get;
        set
        {
            field = value;
            Tell();
        }
    }

    /// <summary>ETag of that row.</summary>
    public ETag RowTag { get; set; }

    /// <summary>Whether a write of it is under way.</summary>
    public bool Writing
    {
        get;
        set
        {
            field = value;
            Tell();
        }
    }

    /// <summary>The row that it ought to have.</summary>
    public abstract LeaseRowKind WantedRow { get; }

    /// <summary>Called after any of what others count by was changed; null for nobody.</summary>
    public Action? Changed { get; set; }

    /// <summary>Says that something was changed.</summary>
    protected void Tell() => Changed?.Invoke();
}
