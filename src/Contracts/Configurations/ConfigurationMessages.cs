using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Contracts.Configurations;

/// <summary>What became of a message that bears a token.</summary>
[GenerateSerializer, Alias("smallbatch.receipt")]
public enum Receipt
{
    /// <summary>Taken and, where it changes anything, stored.</summary>
    Accepted = 0,

    /// <summary>The token or the sequence number is an old one: refused, nothing changed. Do not send it again.</summary>
    Stale = 1,
}

/// <summary>Why a configuration trains: as a cell of the grid, or to confirm a winner on fresh seeds.</summary>
[GenerateSerializer, Alias("smallbatch.stage")]
public enum Stage
{
    /// <summary>A cell of the grid, whose replicas select.</summary>
    Grid = 0,

    /// <summary>A winner, whose fresh replicas give the reported mean.</summary>
    Confirm = 1,

    /// <summary>A cell of the grid on a shorter budget, which says whether it trains on the whole one. Its replicas have the grid's seeds.</summary>
    Rung = 2,
}

/// <summary>What a configuration is to train; equal in every order of one configuration.</summary>
/// <param name="Key">The configuration grain's key.</param>
/// <param name="SweepName">Key of the sweep grain.</param>
/// <param name="SweepId">Key of the aggregator grain, and partition of the results.</param>
/// <param name="Stage">Grid, confirm or rung.</param>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text.</param>
/// <param name="Replicas">How many replicas.</param>
/// <param name="SettingsHash">SHA-256 of the canonical settings, 64 hex digits.</param>
/// <param name="SettingsText">Canonical settings, as the trainer reads them.</param>
/// <param name="PredictedSeconds">Predicted time on one slot, seconds.</param>
/// <param name="CheckpointSeconds">Time between checkpoints, seconds.</param>
/// <param name="FirstReplica">Number of the first replica within its stage; not 0 where earlier ones of the cell train or trained apart.</param>
/// <param name="KeepUntil">Of the checkpoints up to this update the last one stays when the run has ended; 0 for none.</param>
/// <param name="Shorter">The same replicas on a shorter budget, whose kept checkpoint they may begin from; null for none.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.configuration-job")]
public sealed record ConfigurationJob(
    string Key,
    string SweepName,
    string SweepId,
    Stage Stage,
    int BatchSize,
    string BaseLearningRate,
    int Replicas,
    string SettingsHash,
    string SettingsText,
    double PredictedSeconds,
    double CheckpointSeconds,
    int FirstReplica = 0,
    long KeepUntil = 0,
    ShorterRun? Shorter = null);

/// <summary>A configuration that trains or trained the same replicas on a shorter budget.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SettingsText">Its canonical settings.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.shorter-run")]
public sealed record ShorterRun(string Key, string SettingsText);

/// <summary>Train this.</summary>
/// <param name="Job">What to train.</param>
/// <param name="ControlVersion">The sweep's control version under which it was ordered.</param>
/// <param name="NumericsClass">Hard constraint of placement.</param>
/// <param name="Priority">The sweep's priority; higher goes first.</param>
/// <param name="Order">Place in the sweep's own order; lower goes first.</param>
/// <param name="Generation">How often the sweep has had it tried again after it was given up.</param>
/// <param name="Share">Whose it is, as slots are shared; null in an order that an earlier version stored.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.queue-order")]
public sealed record QueueOrder(ConfigurationJob Job, long ControlVersion, string NumericsClass, int Priority, int Order, int Generation, PoolShare? Share = null);

/// <summary>What a user did to a sweep, so that nothing of it starts any more.</summary>
[GenerateSerializer, Alias("smallbatch.sweep-halt")]
public enum SweepHalt
{
    /// <summary>Whatever trains stops at once.</summary>
    Cancel = 0,

    /// <summary>Whatever trains stops after a last checkpoint, and goes on when the sweep does.</summary>
    Pause = 1,
}

/// <summary>The sweep was halted under this control version.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.halt-order")]
public sealed record HaltOrder(long ControlVersion, SweepHalt Halt);

/// <summary>How far a training is, every few seconds and after each epoch; for display.</summary>
/// <param name="Key">The configuration.</param>
/// <param name="Token">The lease under which it trains.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Step">Updates done.</param>
/// <param name="ImagesPerSecond">Training images a second, all replicas together, since the last report.</param>
/// <param name="TestAccuracy">Test accuracy of each replica, 0 to 1, NaN where it diverged; empty where no epoch has ended since the last report.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.progress-report")]
public sealed record ProgressReport(string Key, LeaseToken Token, int Epoch, long Step, double ImagesPerSecond, double[] TestAccuracy);

/// <summary>A checkpoint that lies in the store.</summary>
/// <param name="Key">The configuration.</param>
/// <param name="Token">The lease under which it was written.</param>
/// <param name="Number">1, 2, … within one lease; refused unless higher than the last.</param>
/// <param name="BlobName">Its name in the checkpoint container; carries token and step.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Sha256">Of the whole file, hex.</param>
/// <param name="Bytes">Its length.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.checkpoint-report")]
public sealed record CheckpointReport(string Key, LeaseToken Token, int Number, string BlobName, long Step, string Sha256, long Bytes);

/// <summary>How an attempt ended.</summary>
[GenerateSerializer, Alias("smallbatch.attempt-end")]
public enum AttemptEnd
{
    /// <summary>Every replica has its outcome.</summary>
    Completed = 0,

    /// <summary>It was asked to stop, and did; where a reason is given, it gave its slot to somebody else, which it says.</summary>
    Stopped = 1,

    /// <summary>The trainer process died by its own doing, or stopped making progress. Tried again, a few times.</summary>
    Crashed = 2,

    /// <summary>The trainer refused the job for a reason that would be the same next time. Not tried again.</summary>
    Refused = 3,

    /// <summary>The host was lost or no longer ran it, or the trainer was killed from outside. Tried again.</summary>
    Lost = 4,
}

/// <summary>An attempt ended.</summary>
/// <param name="Key">The configuration.</param>
/// <param name="Token">Its lease.</param>
/// <param name="End">How.</param>
/// <param name="Reason">In words: exit code, signal, the trainer's message, the log's last lines, to whom it gave its slot; null when completed.</param>
/// <param name="Outcomes">Each replica's outcome when completed; else empty.</param>
/// <param name="TrainingSeconds">Time spent training in this attempt.</param>
/// <param name="Step">Updates done when it ended, as far as known.</param>
/// <param name="ResumedFromStep">Step of the checkpoint that the trainer could use; 0 for a fresh start; null where it never said.</param>
/// <param name="EnergyJoules">
/// What the whole GPU used while the attempt held its slot, idle power included, by the driver's counter; null where there is none: a CPU, a
/// partition of a GPU, models before Volta.
/// </param>
[GenerateSerializer, Immutable, Alias("smallbatch.attempt-report")]
public sealed record AttemptReport(
    string Key,
    LeaseToken Token,
    AttemptEnd End,
    string? Reason,
    ReplicaOutcome[] Outcomes,
    double TrainingSeconds,
    long Step,
    long? ResumedFromStep = null,
    double? EnergyJoules = null);

/// <summary>One replica's outcome as the trainer wrote it.</summary>
/// <param name="Replica">Number within its stage, from 0.</param>
/// <param name="Payload">The outcome as canonical JSON; the deterministic part of its result row, byte for byte.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.replica-outcome")]
public sealed record ReplicaOutcome(int Replica, string Payload);

/// <summary>Where a configuration is in its life.</summary>
[GenerateSerializer, Alias("smallbatch.configuration-status")]
public enum ConfigurationStatus
{
    /// <summary>Not queued yet.</summary>
    Pending = 0,

    /// <summary>Waiting for a slot.</summary>
    Queued = 1,

    /// <summary>On a slot.</summary>
    Training = 2,

    /// <summary>Its rows are stored.</summary>
    Completed = 3,

    /// <summary>Its sweep was cancelled first.</summary>
    Cancelled = 4,

    /// <summary>Given up, with a reason.</summary>
    Failed = 5,
}

/// <summary>What an event of a configuration's story is.</summary>
[GenerateSerializer, Alias("smallbatch.story-kind")]
public enum StoryKind
{
    /// <summary>Any other; the text says it.</summary>
    Note = 0,

    /// <summary>Its sweep ordered it, for the first time or again.</summary>
    Queued = 1,

    /// <summary>Its sweep was paused or cancelled.</summary>
    Halted = 2,

    /// <summary>A slot is its own: an attempt begins.</summary>
    Granted = 3,

    /// <summary>The host took the attempt.</summary>
    Started = 4,

    /// <summary>A checkpoint counts; of an attempt's checkpoints the last one stands for all.</summary>
    Checkpointed = 5,

    /// <summary>The attempt ended: trained, stopped, or its trainer died.</summary>
    Ended = 6,

    /// <summary>The attempt's lease was lost.</summary>
    Lost = 7,

    /// <summary>It was given up.</summary>
    Failed = 8,

    /// <summary>Its rows are stored.</summary>
    Done = 9,

    /// <summary>The attempt stopped after a last checkpoint, to give its slot to somebody else.</summary>
    GaveWay = 10,
}

/// <summary>One event of a configuration's story.</summary>
/// <param name="At">When, by the clock of the silo that stored it.</param>
/// <param name="What">What happened, in words.</param>
/// <param name="Kind">What kind of event.</param>
/// <param name="Attempt">The attempt that it belongs to, from 1; 0 for none.</param>
/// <param name="Host">That attempt's silo; null for none.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.story-event")]
public sealed record StoryEvent(DateTimeOffset At, string What, StoryKind Kind = StoryKind.Note, int Attempt = 0, string? Host = null);

/// <summary>What others may read of a configuration.</summary>
/// <param name="Job">What it trains.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Attempt">Number of the current or last attempt, from 1; 0 before the first.</param>
/// <param name="Token">The current lease's token, or null.</param>
/// <param name="Host">Silo that holds it, or null.</param>
/// <param name="CheckpointStep">Step of its last committed checkpoint, or null.</param>
/// <param name="Reason">Why it waits, or what happened.</param>
/// <param name="Story">What happened to it, oldest first.</param>
/// <param name="Kept">The checkpoint that it keeps for a longer budget, or null.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.configuration-snapshot")]
public sealed record ConfigurationSnapshot(
    ConfigurationJob Job,
    ConfigurationStatus Status,
    int Attempt,
    LeaseToken? Token,
    string? Host,
    long? CheckpointStep,
    string? Reason,
    StoryEvent[] Story,
    CheckpointReference? Kept = null);
