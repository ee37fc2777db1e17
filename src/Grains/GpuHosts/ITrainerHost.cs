using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuHosts;

/// <summary>Starts, watches and stops the trainers of this silo; implemented by the silo, outlives every grain's activation.</summary>
public interface ITrainerHost
{
    /// <summary>Takes the order, or says why not. Keeps the highest token of each slot and refuses a lower one.</summary>
    StartReply Start(StartOrder order);

    /// <summary>Stops that token's training and refuses it, and lower ones, from now on.</summary>
    void Stop(string slot, LeaseToken token);

    /// <summary>The running attempt's log so far, or null.</summary>
    Task<string?> LogAsync(LeaseToken token);
}
