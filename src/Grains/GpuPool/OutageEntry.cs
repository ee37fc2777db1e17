using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>One outage with its row; what it says never changes.</summary>
internal sealed class OutageEntry(Outage outage) : RowEntry
{
    public Outage Outage { get; } = outage;

    /// <summary>Whether an operator has put it back: it is over at once, and gone once its row is.</summary>
    public bool Lifted { get; set; }

    /// <inheritdoc/>
    public override LeaseRowKind WantedRow => Lifted ? LeaseRowKind.None : LeaseRowKind.Outage;
}
