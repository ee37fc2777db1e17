using Orleans.Concurrency;

namespace SmallBatch.Contracts.GpuPool;

/// <summary>
/// The devices of one silo; its key is the silo's full address, and it is only ever activated there. A host keeps the
/// highest token it has seen for each slot and refuses a lower one.
/// </summary>
[Alias("smallbatch.gpu-host"), GrainInterfaceType("smallbatch.gpu-host")]
public interface IGpuHostGrain : IGrainWithStringKey
{
    /// <summary>Train this under that lease. Idempotent by token.</summary>
    [Alias("Start")]
    Task<StartReply> Start(StartOrder order);

    /// <summary>Stop the training of that token and let no Start of it, or of a lower one, be taken afterwards.</summary>
    [Alias("Stop")]
    Task Stop(string slot, LeaseToken token);

    /// <summary>The store has lost what was written last: this silo drops what its grains remember of it.</summary>
    [Alias("StoreWentBack")]
    Task StoreWentBack();

    /// <summary>The running attempt's log so far; null where that token runs nothing here.</summary>
    [Alias("Log"), AlwaysInterleave]
    Task<string?> Log(LeaseToken token);
}
