using SmallBatch.Contracts.Audit;
using SmallBatch.Contracts.Configurations;

namespace SmallBatch.Contracts.Sweeps;

/// <summary>What a user submits.</summary>
/// <param name="SpecText">The specification, YAML, as the user wrote it.</param>
/// <param name="NetworkText">The layer list, YAML, where the specification names a network file; null for a built-in one.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-submission")]
public sealed record SweepSubmission(string SpecText, string? NetworkText);

/// <summary>What became of a submission.</summary>
[GenerateSerializer, Alias("smallbatch.submit-outcome")]
public enum SubmitOutcome
{
    /// <summary>A new sweep was stored.</summary>
    Accepted = 0,

    /// <summary>The same sweep was stored already.</summary>
    Unchanged = 1,

    /// <summary>The stored sweep's axes were widened, or it was given more replicas or a longer budget.</summary>
    Extended = 2,

    /// <summary>Nothing was stored; the errors say why.</summary>
    Refused = 3,
}

/// <summary>The answer to a submission.</summary>
[GenerateSerializer, Immutable, Alias("smallbatch.submit-reply")]
public sealed record SubmitReply(SubmitOutcome Outcome, SweepSnapshot? Sweep, InputError[] Errors) : IAuditedReply
{
    string? IAuditedReply.Refusal => Outcome == SubmitOutcome.Refused ? Errors.Length == 1 ? "1 error" : $"{Errors.Length} errors" : null;
}

/// <summary>What a submission would do.</summary>
/// <param name="Outcome">What would become of it.</param>
/// <param name="Rows">What it would train, by stage and m; empty where it would be refused.</param>
/// <param name="Errors">Why it would be refused.</param>
/// <param name="SpecText">The specification as it would be stored, canonical YAML; null where it would be refused.</param>
/// <param name="DatasetText">The dataset as the silo sees it, JSON; null where it has none that fits the specification.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-preview")]
public sealed record SweepPreview(SubmitOutcome Outcome, PreviewRow[] Rows, InputError[] Errors, string? SpecText = null, string? DatasetText = null);

/// <summary>What a sweep chose, for another that trains it.</summary>
/// <param name="SweepId">The sweep's id.</param>
/// <param name="Unfinished">Why it may still choose otherwise; null once it is completed.</param>
/// <param name="Dataset">The dataset's identity, JSON.</param>
/// <param name="Network">The network's canonical text.</param>
/// <param name="Rates">By batch size.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-choice")]
public sealed record SweepChoice(string SweepId, string? Unfinished, string Dataset, string Network, ChosenRate[] Rates);

/// <summary>The base learning rate that a sweep chose for a batch size.</summary>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text; null where none trained with every replica.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.chosen-rate")]
public sealed record ChosenRate(int BatchSize, string? BaseLearningRate);

/// <summary>One stage of one batch size of a plan.</summary>
/// <param name="Stage">Grid or confirm.</param>
/// <param name="BatchSize">m.</param>
/// <param name="Updates">Updates of one run.</param>
/// <param name="Runs">Replicas of all its configurations.</param>
/// <param name="Stored">How many of them are stored and would not be trained again.</param>
/// <param name="Seconds">Predicted time of the others on one slot, without the updates that are saved.</param>
/// <param name="SavedUpdates">Updates of all the others together that checkpoints of a shorter budget save.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.preview-row")]
public sealed record PreviewRow(Stage Stage, int BatchSize, long Updates, int Runs, int Stored, double Seconds, long SavedUpdates = 0);

/// <summary>What a user wants of a sweep that is there.</summary>
[GenerateSerializer, Alias("smallbatch.sweep-action")]
public enum SweepAction
{
    /// <summary>No more of it is trained; its results so far stay.</summary>
    Cancel = 0,

    /// <summary>What trains stops after a last checkpoint, and nothing starts.</summary>
    Pause = 1,

    /// <summary>A paused sweep goes on.</summary>
    Resume = 2,

    /// <summary>What was given up is tried again.</summary>
    Retry = 3,

    /// <summary>Everything of it is deleted: rows, checkpoints, logs, state.</summary>
    Delete = 4,
}

/// <summary>Which given-up configurations are tried again.</summary>
/// <param name="BatchSizes">Only those of these m; empty for any.</param>
/// <param name="Key">Only the one of this key; null for any.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.retry-filter")]
public sealed record RetryFilter(int[] BatchSizes, string? Key);

/// <summary>The answer to an action.</summary>
/// <param name="Done">Whether the sweep is as wanted; else nothing changed.</param>
/// <param name="What">One line: what was done, or why not and what to do.</param>
/// <param name="Sweep">How it stands now; null where there is none of that name.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.action-reply")]
public sealed record ActionReply(bool Done, string What, SweepSnapshot? Sweep) : IAuditedReply
{
    string? IAuditedReply.Refusal => Done ? null : What;
}

/// <summary>Where a sweep is in its life.</summary>
[GenerateSerializer, Alias("smallbatch.sweep-phase")]
public enum SweepPhase
{
    /// <summary>The grid is being trained.</summary>
    Grid = 0,

    /// <summary>The grid is complete; the best base learning rate of each batch size trains on fresh seeds.</summary>
    Confirming = 1,

    /// <summary>Every row is stored.</summary>
    Completed = 2,

    /// <summary>A user cancelled it.</summary>
    Cancelled = 3,

    /// <summary>A user paused it.</summary>
    Paused = 4,

    /// <summary>A user had it deleted, and not everything of it is gone yet.</summary>
    Deleting = 5,

    /// <summary>Its limit ended it, with the answer so far.</summary>
    Limited = 6,

    /// <summary>Of a shorter budget: the sweep went on to a longer one before every row was stored.</summary>
    Superseded = 7,
}

/// <summary>What others may read of a sweep.</summary>
/// <param name="Name">The user's name of it, and the grain's key.</param>
/// <param name="SweepId">Unique per creation: results are stored under it.</param>
/// <param name="SpecText">The specification, canonical YAML.</param>
/// <param name="Dataset">Dataset in words, with its sizes: <c>cifar10 (5000 train, 1000 test)</c>.</param>
/// <param name="TrainImages">N, the images that are trained on.</param>
/// <param name="TestImages">Test images.</param>
/// <param name="Network">The network as the specification names it.</param>
/// <param name="Budget">How long each run trains: <c>82 epochs</c>.</param>
/// <param name="Replicas">Seeds per cell of the grid.</param>
/// <param name="Confirm">Fresh seeds per winner.</param>
/// <param name="Configurations">Configurations known so far, the confirming ones included once they are chosen.</param>
/// <param name="Ended">How many of those have ended.</param>
/// <param name="NumericsClass">The numerics class that the sweep fixed, or null before its first grant.</param>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="ControlVersion">Rises with each action and extension.</param>
/// <param name="CreatedAt">When it was first submitted.</param>
/// <param name="CompletedAt">When its last row was stored.</param>
/// <param name="Reason">Why nothing moves, where nothing moves; else null.</param>
/// <param name="ValidationImages">Training images that are not trained on and select each η̃; null where the test images select.</param>
/// <param name="UnplannedSeconds">Predicted time on one slot of what the search will still add; its cells are not chosen yet.</param>
/// <param name="RuledOut">Batch sizes that the grid alone rules out, so that they train no fresh seeds; null before that is decided, and where nobody asked for it.</param>
/// <param name="ShorterBudgets">Shorter budgets that it had before, shortest first: <c>5 epochs</c>; null for none.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-snapshot")]
public sealed record SweepSnapshot(
    string Name,
    string SweepId,
    string SpecText,
    string Dataset,
    int TrainImages,
    int TestImages,
    string Network,
    string Budget,
    int Replicas,
    int Confirm,
    int Configurations,
    int Ended,
    string? NumericsClass,
    SweepPhase Phase,
    long ControlVersion,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt,
    string? Reason,
    int? ValidationImages = null,
    double UnplannedSeconds = 0,
    int[]? RuledOut = null,
    string[]? ShorterBudgets = null);

/// <summary>A sweep as it stood on a shorter budget.</summary>
/// <param name="Sweep">The sweep, with that budget's specification.</param>
/// <param name="Configurations">Every configuration that it had, ordered by stage, m, η̃.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.sweep-at-budget")]
public sealed record SweepAtBudget(SweepSnapshot Sweep, PlannedConfiguration[] Configurations);

/// <summary>One configuration of a sweep's plan.</summary>
/// <param name="Key">The configuration grain's key.</param>
/// <param name="Stage">Grid or confirm.</param>
/// <param name="BatchSize">m.</param>
/// <param name="BaseLearningRate">η̃ as its canonical text.</param>
/// <param name="SettingsHash">SHA-256 of its settings, hex.</param>
/// <param name="Replicas">How many replicas it trains.</param>
/// <param name="Epochs">Epochs of the whole run, the last perhaps not whole.</param>
/// <param name="Updates">Updates of the whole run.</param>
/// <param name="PredictedSeconds">Predicted time on one slot.</param>
/// <param name="Generation">How often it was to be tried again after it was given up.</param>
/// <param name="FirstReplica">Number of the first of them within the stage; not 0 where the cell was given more replicas later.</param>
/// <param name="Rung">The search's shorter budget that it trains on; null for a cell of the grid and for fresh seeds.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.planned-configuration")]
public sealed record PlannedConfiguration(
    string Key,
    Stage Stage,
    int BatchSize,
    string BaseLearningRate,
    string SettingsHash,
    int Replicas,
    int Epochs,
    long Updates,
    double PredictedSeconds,
    int Generation = 0,
    int FirstReplica = 0,
    RungPlan? Rung = null)
{
    /// <summary>Whether a replica of its stage and settings is one of its own.</summary>
    public bool Trains(int replica) => replica >= FirstReplica && replica < FirstReplica + Replicas;
}

/// <summary>What a cell on a shorter budget is for.</summary>
/// <param name="Number">From 1, the shortest first.</param>
/// <param name="Budget">How long it trains: <c>9 epochs</c>.</param>
/// <param name="SharedUpdates">Updates from the beginning that the whole budget has too, bit for bit.</param>
/// <param name="Kept">Whether the cell goes on to the next budget; null before that is decided.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.rung-plan")]
public sealed record RungPlan(int Number, string Budget, long SharedUpdates, bool? Kept);
