using Azure.Data.Tables;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Health;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Backups;

/// <summary>One step of a backup: a file of it.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Kind">What it lists.</param>
/// <param name="Name">The table or container.</param>
/// <param name="Filter">Which rows of the table; null for all.</param>
internal sealed record BackupStep(string File, ListedKind Kind, string Name, string? Filter = null);

/// <summary>
/// In which order a store is read while silos write it, so that what is restored is a state from which they would have gone on by themselves: one
/// that a loss of the whole cluster could have left.
/// </summary>
internal static class BackupOrder
{
    /// <summary>The file with sweeps' own rows.</summary>
    public const string SweepsFile = "sweeps.jsonl";

    /// <summary>Tables that are not read: each is written anew by who needs it.</summary>
    public static readonly IReadOnlyList<LeftOut> LeftOut =
    [
        new(StoreTables.Membership, "silos write themselves in when they join; rows of others would have them wait for silos that are not there"),
        new(StoreTables.Reminders, "each sweep that goes on registers its own again when it is woken"),
        new(StoreTables.Sweeps, "it follows from the sweeps' own rows: a restore marks each as unfinished, so that each is woken and compares itself with its results"),
        new(StoreCanary.TableName, "each silo's own number, which says whether the store lost something since that silo started"),
        new(StoreFormatTable.Name, "the format stands in the manifest"),
    ];

    /// <summary>The steps, in order.</summary>
    /// <remarks>
    /// Checkpoints first and again after the rows that refer to them: copying many takes long, and one that a row named may be superseded and deleted
    /// meanwhile. Configurations before sweeps: a sweep's control version is never behind its configurations'. Leases after both: the pool's epoch
    /// is never behind a token that a configuration holds, so later tokens are higher. Results and attempts after sweeps: whatever a sweep has
    /// decided or counted, the rows that it decided by are there. Logs, which nothing depends on, last.
    /// </remarks>
    public static IReadOnlyList<BackupStep> Of(string serviceId)
    {
        var sweeps = SweepRows.Prefix(serviceId);
        var after = SweepRows.After(sweeps);
        return
        [
            new("checkpoints.jsonl", ListedKind.Container, CheckpointBlobs.ContainerName),
            new("configurations.jsonl", ListedKind.Table, StoreTables.GrainState, TableClient.CreateQueryFilter($"PartitionKey lt {sweeps} or PartitionKey ge {after}")),
            new(SweepsFile, ListedKind.Table, StoreTables.GrainState, TableClient.CreateQueryFilter($"PartitionKey ge {sweeps} and PartitionKey lt {after}")),
            new("leases.jsonl", ListedKind.Table, StoreTables.Leases),
            new("checkpoints-since.jsonl", ListedKind.Container, CheckpointBlobs.ContainerName),
            new("results.jsonl", ListedKind.Table, StoreTables.Results),
            new("attempts.jsonl", ListedKind.Table, StoreTables.Attempts),
            new("logs.jsonl", ListedKind.Table, AttemptLogTable.Name),
            new("long-logs.jsonl", ListedKind.Container, AttemptLogBlobs.ContainerName),
        ];
    }
}
