using SmallBatch.Silo.Health;

namespace SmallBatch.Silo.Storage;

/// <summary>Every table of the store: one that was made in the seconds that a store lost is made again, and each is copied by a backup or said not to be.</summary>
internal static class StoreTables
{
    /// <summary>Silos of each cluster.</summary>
    public const string Membership = "OrleansSiloInstances";

    /// <summary>What wakes sweeps.</summary>
    public const string Reminders = "OrleansReminders";

    /// <summary>Sweeps and configurations.</summary>
    public const string GrainState = "OrleansGrainState";

    /// <summary>Who may use which slot, the pool's epoch, and what is out of service.</summary>
    public const string Leases = "SmallBatchLeases";

    /// <summary>Which sweeps there are.</summary>
    public const string Sweeps = "SmallBatchSweeps";

    /// <summary>Results.</summary>
    public const string Results = "SmallBatchResults";

    /// <summary>How attempts ended.</summary>
    public const string Attempts = "SmallBatchAttempts";

    /// <summary>Orleans' own, then ours.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        Membership, Reminders, GrainState, StoreFormatTable.Name, StoreCanary.TableName, Leases, Sweeps, Results, Attempts, AttemptLogTable.Name,
    ];
}
