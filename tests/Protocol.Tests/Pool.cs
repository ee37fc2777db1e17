using Azure;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>An activation of the pool.</summary>
internal sealed class Pool(PoolBook book, ETag epochTag)
{
    public PoolBook Book { get; } = book;

    public ETag EpochTag { get; set; } = epochTag;

    /// <summary>The write that is under way, or null.</summary>
    public IReadOnlyList<LeaseWrite>? Writing { get; set; }
}
