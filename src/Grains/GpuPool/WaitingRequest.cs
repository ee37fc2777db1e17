using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>A request that waits.</summary>
/// <param name="Request">What is wanted.</param>
/// <param name="Arrival">Its arrival's number.</param>
/// <param name="Since">When it arrived, on the pool's clock.</param>
internal sealed record WaitingRequest(LeaseRequest Request, long Arrival, TimeSpan Since = default)
{
    /// <summary>Whose it is.</summary>
    public PoolShare Share => Request.Share ?? PoolShare.Default;
}
