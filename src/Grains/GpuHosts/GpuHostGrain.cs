using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuHosts;

/// <summary>The way to one silo's trainers: its key is that silo's address, and it is only ever placed there.</summary>
[GrainType("gpu-host"), OnNamedSilo]
internal sealed class GpuHostGrain(ITrainerHost trainers, IStoreRecovery recovery) : Grain, IGpuHostGrain
{
    /// <inheritdoc/>
    public Task<StartReply> Start(StartOrder order) => Task.FromResult(trainers.Start(order));

    /// <inheritdoc/>
    public Task Stop(string slot, LeaseToken token)
    {
        trainers.Stop(slot, token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StoreWentBack()
    {
        recovery.DropActivations();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<string?> Log(LeaseToken token) => trainers.LogAsync(token);
}
