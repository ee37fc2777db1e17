using SmallBatch.Bench.Chaos.Silos;

namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>Every kind of strike.</summary>
internal static class StrikeKinds
{
    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<StrikeKind> All { get; } =
    [
        new("trainer-kill", Training, (_, s) => Arena.SignalTrainerAsync(s[0], Processes.KillSignal), null, StrikeClass.Killed),
        new("trainer-term", Training, (_, s) => Arena.SignalTrainerAsync(s[0], Processes.Terminate), null, StrikeClass.Killed),
        new("trainer-freeze", Training, (a, s) => a.FreezeTrainerAsync(s[0]), null, StrikeClass.Unbounded),
        new("silo-kill", Training, (a, s) => a.KillAsync(s), null, StrikeClass.Killed),
        new("silo-freeze", Training, (a, s) => a.FreezeAsync(s), null, StrikeClass.Frozen),
        new("silo-drain", Training, (a, s) => a.DrainAsync(s[0]), null, StrikeClass.Drained),
        new("pool-kill", a => a.HolderAsync(Holder.Pool), (a, s) => a.KillAsync(s), null, StrikeClass.Killed),
        new("pool-freeze", a => a.HolderAsync(Holder.Pool), (a, s) => a.FreezeAsync(s), null, StrikeClass.Frozen),
        new("pool-drain", a => a.HolderAsync(Holder.Pool), (a, s) => a.DrainAsync(s[0]), null, StrikeClass.Drained),
        new("sweep-kill", a => a.HolderAsync(Holder.Sweep), (a, s) => a.KillAsync(s), null, StrikeClass.Killed),
        new("sweep-freeze", a => a.HolderAsync(Holder.Sweep), (a, s) => a.FreezeAsync(s), null, StrikeClass.Frozen),
        new("aggregator-kill", a => a.HolderAsync(Holder.Aggregator), (a, s) => a.KillAsync(s), null, StrikeClass.Killed),
        new("two-kill", TwoOfThem, (a, s) => a.KillAsync(s), null, StrikeClass.Killed),
        new("kill-and-freeze", TwoOfThem, (a, s) => a.KillAndFreezeAsync(s[0], s[1]), null, StrikeClass.Frozen),
        new("cluster-kill", Everybody, (a, s) => a.KillClusterAsync(), null, StrikeClass.Unbounded),
        new("store-restart", Everybody, (a, s) => a.RestartStoreAsync(), null, StrikeClass.Unbounded),
        new("store-kill", Everybody, (a, s) => a.KillStoreAsync(), null, StrikeClass.Unbounded),
        new("checkpoint-corrupt", Training, (a, s) => a.CorruptCheckpointAsync(s[0]), null, StrikeClass.Killed),
        new("out-of-memory", Training, (a, s) => a.ExhaustMemoryAsync(s[0]), Permission.MemoryLimit, StrikeClass.Killed),
        new("disk-full", Training, (a, s) => a.FillDiskAsync(s[0]), Permission.SmallDisk, StrikeClass.Killed),
        new("cut-all", Training, (a, s) => a.CutAsync(s[0], Cut.Everybody), Permission.Network, StrikeClass.Frozen),
        new("cut-store", Training, (a, s) => a.CutAsync(s[0], Cut.Store), Permission.Network, StrikeClass.Unbounded),
        new("cut-two", TwoOfThem, (a, s) => a.CutPairAsync(s[0], s[1], oneWay: false), Permission.Network, StrikeClass.Unbounded),
        new("cut-one-way", TwoOfThem, (a, s) => a.CutPairAsync(s[0], s[1], oneWay: true), Permission.Network, StrikeClass.Unbounded),
        new("cut-outward", Training, (a, s) => a.CutAsync(s[0], Cut.Outward), Permission.Network, StrikeClass.Frozen),
    ];

    private static Task<IReadOnlyList<Seat>> Training(Arena arena) => arena.TrainingAsync();

    private static Task<IReadOnlyList<Seat>> TwoOfThem(Arena arena) => Task.FromResult(arena.TwoOfThem());

    private static Task<IReadOnlyList<Seat>> Everybody(Arena arena) => Task.FromResult<IReadOnlyList<Seat>>(arena.Cluster.Seats);
}
