using Orleans.Concurrency;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Contracts.Configurations;

/// <summary>
/// One cell of a sweep, durable; its key is <c>{sweepId}.m=8.lr=2^-9.{stage}.{settings hash, 12 hex}</c>. It holds the
/// current token and refuses every message that bears another.
/// </summary>
[Alias("smallbatch.configuration"), GrainInterfaceType("smallbatch.configuration")]
public interface IConfigurationGrain : IGrainWithStringKey
{
    /// <summary>From the sweep: train this. Idempotent; a woken configuration always sends its request to the pool.</summary>
    [Alias("Queue")]
    Task Queue(QueueOrder order);

    /// <summary>From the sweep: the control version rose. Written into this configuration's row even when it runs nothing.</summary>
    [Alias("Halt")]
    Task Halt(HaltOrder order);

    /// <summary>From the sweep, which is being deleted and has been cancelled under this control version: forget everything.</summary>
    [Alias("Forget")]
    Task Forget(long controlVersion);

    /// <summary>From the pool: a slot is yours if you still want it. Acknowledged to the pool by <see cref="IGpuPoolGrain.Started"/>.</summary>
    [Alias("LeaseOffered")]
    Task LeaseOffered(Lease lease);

    /// <summary>From the pool: the host of this lease is gone, or no longer runs it.</summary>
    [Alias("LeaseLost")]
    Task LeaseLost(LeaseToken token, string reason);

    /// <summary>From the host: how far it is. For display only; nothing is stored.</summary>
    [Alias("Report")]
    Task<Receipt> Report(ProgressReport report);

    /// <summary>From the host: a checkpoint is in the store. It counts once this answers <see cref="Receipt.Accepted"/>.</summary>
    [Alias("CheckpointUploaded")]
    Task<Receipt> CheckpointUploaded(CheckpointReport report);

    /// <summary>From the host: the trainer ended this attempt, with or without an outcome.</summary>
    [Alias("AttemptEnded")]
    Task<Receipt> AttemptEnded(AttemptReport report);

    /// <summary>From its sweep, which is over: where its rows are stored, it lets go of lease and checkpoints. False where it had none to let go of.</summary>
    [Alias("Settle")]
    Task<bool> Settle();

    /// <summary>
    /// From its sweep, whose longer budget has all its rows or was cancelled: where it does not train, it lets go of every checkpoint, that
    /// which it keeps among them. False where it had none to let go of.
    /// </summary>
    [Alias("LetGo")]
    Task<bool> LetGo();

    /// <summary>What the configuration is and how it stands; null where nobody ever queued it.</summary>
    [Alias("Describe"), AlwaysInterleave]
    Task<ConfigurationSnapshot?> Describe();

    /// <summary>The log of one attempt (0: the latest); null where there is none.</summary>
    [Alias("Log"), AlwaysInterleave]
    Task<string?> Log(int attempt, CancellationToken cancellationToken = default);
}
