namespace SmallBatch.Grains.GpuPool;

/// <summary>What the cluster's membership says of hosts; implemented by the silo.</summary>
public interface IHostLiveness
{
    /// <summary>False only where membership knows the silo of this full address to be dead, or does not know it at all.</summary>
    bool MayBeAlive(string host);

    /// <summary>Whether membership knows the silo of this full address to be dead.</summary>
    bool IsDead(string host);
}
