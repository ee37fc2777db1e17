namespace SmallBatch.Grains.GpuHosts;

/// <summary>What a silo does when the store has lost what was written last; implemented by the silo.</summary>
public interface IStoreRecovery
{
    /// <summary>Drops every activation of our grains on this silo, so that all is read again.</summary>
    void DropActivations();
}
