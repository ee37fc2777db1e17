using SmallBatch.Silo.Health;

namespace SmallBatch.Silo.Storage;

/// <summary>Every table of the store: one that was made in the seconds that a store lost is made again.</summary>
internal static class StoreTables
{
    /// <summary>Orleans' own, then ours.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "OrleansSiloInstances", "OrleansReminders", "OrleansGrainState",
        StoreCanary.TableName, "SmallBatchLeases", "SmallBatchSweeps", "SmallBatchResults", "SmallBatchAttempts", AttemptLogTable.Name,
    ];
}
