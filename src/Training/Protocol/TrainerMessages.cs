using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmallBatch.Training.Protocol;

/// <summary>
/// The language of silo and trainer: one JSON object a line, requests on the trainer's standard input, notifications on
/// its standard output. Standard error is the log. End of input means stop at once. Both sides compile this file.
/// </summary>
internal static class TrainerProtocol
{
    /// <summary>Raised when a message changes its meaning; the trainer names its own in <see cref="TrainerReady"/>.</summary>
    public const int Version = 2;

    /// <summary>Writes one message as one line, without the line's end.</summary>
    public static string Write(TrainerRequest request) => JsonSerializer.Serialize(request, TrainerJson.Default.TrainerRequest);

    /// <summary>Writes one message as one line, without the line's end.</summary>
    public static string Write(TrainerNotice notice) => JsonSerializer.Serialize(notice, TrainerJson.Default.TrainerNotice);

    /// <summary>Reads one line. Throws <see cref="JsonException"/> where it is no request.</summary>
    public static TrainerRequest ReadRequest(string line) =>
        JsonSerializer.Deserialize(line, TrainerJson.Default.TrainerRequest) ?? throw new JsonException("found null, wanted a request");

    /// <summary>Reads one line. Throws <see cref="JsonException"/> where it is no notice.</summary>
    public static TrainerNotice ReadNotice(string line) =>
        JsonSerializer.Deserialize(line, TrainerJson.Default.TrainerNotice) ?? throw new JsonException("found null, wanted a notice");
}

/// <summary>What the silo asks of a trainer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(StartTraining), "start")]
[JsonDerivedType(typeof(StopTraining), "stop")]
internal abstract record TrainerRequest;

/// <summary>Train a bundle: configurations of equal network, m and budget that share their steps.</summary>
/// <param name="Jobs">The bundle: settings that are equal but for base learning rate and seed. One that does not fit the first, or cannot be trained, is refused alone.</param>
internal sealed record StartTraining(IReadOnlyList<TrainingJob> Jobs) : TrainerRequest;

/// <summary>One configuration of a bundle.</summary>
/// <param name="Job">An id of the caller's choice (the lease's token), repeated in every notice.</param>
/// <param name="SettingsText">Canonical settings (<c>SettingsText.Write</c>).</param>
/// <param name="Stage"><c>grid</c> or <c>confirm</c>: part of each replica's seed key.</param>
/// <param name="Replicas">How many replicas.</param>
/// <param name="DataRoot">Folder that holds the datasets; unused for synthetic data.</param>
/// <param name="ScratchFolder">Existing folder for checkpoint files; the reader of <see cref="CheckpointWritten"/> deletes them.</param>
/// <param name="CheckpointSeconds">Time between checkpoints; one more at each drop of the learning rate.</param>
/// <param name="Checkpoints">Checkpoint files to resume from, newest first; the first whole one of these settings is used.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="FirstReplica">Number of the first replica within the stage; those after it follow.</param>
/// <param name="Shorter">A checkpoint of a shorter budget to begin from where none of its own can be used; null for none.</param>
/// <param name="Trace">The span that it trains in, as <c>traceparent</c> writes it, for the trainer's log; null where nobody exports traces.</param>
internal sealed record TrainingJob(
    string Job,
    string SettingsText,
    string Stage,
    int Replicas,
    string DataRoot,
    string ScratchFolder,
    double CheckpointSeconds,
    IReadOnlyList<string> Checkpoints,
    string Device,
    int FirstReplica = 0,
    ShorterCheckpointFile? Shorter = null,
    string? Trace = null);

/// <summary>A checkpoint file of the same replicas on a shorter budget, taken where both still had the same updates.</summary>
/// <param name="Path">The file.</param>
/// <param name="SettingsText">The shorter run's canonical settings.</param>
internal sealed record ShorterCheckpointFile(string Path, string SettingsText);

/// <summary>Stop after the current step.</summary>
/// <param name="Job">Which job; one that runs no more is no error.</param>
/// <param name="Checkpoint">Whether to write a last checkpoint first.</param>
internal sealed record StopTraining(string Job, bool Checkpoint) : TrainerRequest;

/// <summary>What a trainer says.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TrainerReady), "ready")]
[JsonDerivedType(typeof(TrainingStarted), "started")]
[JsonDerivedType(typeof(TrainingProgressed), "progress")]
[JsonDerivedType(typeof(TrainerWorked), "worked")]
[JsonDerivedType(typeof(EpochEnded), "epoch")]
[JsonDerivedType(typeof(CheckpointWritten), "checkpoint")]
[JsonDerivedType(typeof(TrainingCompleted), "completed")]
[JsonDerivedType(typeof(TrainingStopped), "stopped")]
[JsonDerivedType(typeof(TrainingRefused), "refused")]
[JsonDerivedType(typeof(DeviceVerified), "verified")]
internal abstract record TrainerNotice;

/// <summary>The first line of every trainer.</summary>
/// <param name="ProtocolVersion"><see cref="TrainerProtocol.Version"/>.</param>
/// <param name="Devices">Devices that libtorch sees; <c>cpu</c> is always among them.</param>
internal sealed record TrainerReady(int ProtocolVersion, IReadOnlyList<TrainerDevice> Devices) : TrainerNotice;

/// <summary>One device that libtorch sees.</summary>
/// <param name="Id"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Name">Model name.</param>
/// <param name="NumericsClass">
/// What the bits of a training on it depend on as far as a trainer knows, one word: <c>cpu-intel6.207-avx512-t1-torch2.10.0-n3</c>; of a GPU
/// <c>torch2.10.0-cuda12.8-cudnn9.10.2-n1</c>, before which the silo puts model and driver.
/// </param>
/// <param name="Uuid">Of a GPU, as CUDA knows it: 32 hex digits in five groups; null for <c>cpu</c>.</param>
internal sealed record TrainerDevice(string Id, string Name, string NumericsClass, string? Uuid);

/// <summary>The job was taken.</summary>
/// <param name="Job">Which job.</param>
/// <param name="ResumedFromStep">Updates already done by the checkpoint it resumes from; 0 for a fresh start.</param>
/// <param name="Skipped">Checkpoints that were not whole, each with the reason.</param>
internal sealed record TrainingStarted(string Job, long ResumedFromStep, IReadOnlyList<string> Skipped) : TrainerNotice;

/// <summary>At least every few seconds while training: it makes progress.</summary>
/// <param name="Job">Which job.</param>
/// <param name="Step">Updates done.</param>
/// <param name="ImagesPerSecond">Training images a second, all replicas together, since the last notice of this kind.</param>
internal sealed record TrainingProgressed(string Job, long Step, double ImagesPerSecond) : TrainerNotice;

/// <summary>At least every few seconds between two steps, while it evaluates or measures: it makes progress, though no step is done.</summary>
/// <param name="Job">Which job.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Batches">Batches done between steps since the job was taken.</param>
internal sealed record TrainerWorked(string Job, long Step, long Batches) : TrainerNotice;

/// <summary>An epoch ended and was evaluated.</summary>
/// <param name="Job">Which job.</param>
/// <param name="Epoch">Epochs done, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Updates done.</param>
/// <param name="ImagesPerSecond">Training images a second in this epoch, all replicas together, evaluation left out.</param>
/// <param name="TestAccuracy">Of each replica, 0 to 1; null where it diverged.</param>
internal sealed record EpochEnded(string Job, int Epoch, int Epochs, long Step, double ImagesPerSecond, IReadOnlyList<double?> TestAccuracy) : TrainerNotice;

/// <summary>A checkpoint file is complete (written beside, flushed, renamed).</summary>
/// <param name="Job">Which job.</param>
/// <param name="Path">The file; its reader deletes it.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Sha256">Of the whole file, lower-case hex.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Seconds">How long the training stood still for it.</param>
internal sealed record CheckpointWritten(string Job, string Path, long Step, string Sha256, long Bytes, double Seconds = 0) : TrainerNotice;

/// <summary>Every replica has its outcome.</summary>
/// <param name="Job">Which job.</param>
/// <param name="Step">Updates done.</param>
/// <param name="TrainingSeconds">Time since the job was taken.</param>
/// <param name="Outcomes">One canonical JSON text per replica, in order; deterministic to the byte.</param>
internal sealed record TrainingCompleted(string Job, long Step, double TrainingSeconds, IReadOnlyList<string> Outcomes) : TrainerNotice;

/// <summary>The job stopped as asked; the last checkpoint, if asked for, came before this.</summary>
internal sealed record TrainingStopped(string Job, long Step, double TrainingSeconds) : TrainerNotice;

/// <summary>The job cannot be trained, and could not be tomorrow: a missing dataset, a network that does not fit.</summary>
/// <param name="Job">Which job.</param>
/// <param name="Errors">Every reason, each with what was found, what was wanted and where.</param>
internal sealed record TrainingRefused(string Job, IReadOnlyList<string> Errors) : TrainerNotice;

/// <summary>The answer of <c>verify</c>: whether equal trainings end with equal bytes on that device.</summary>
/// <param name="Device">Which device.</param>
/// <param name="Differences">Every pair of trainings that should have ended with the same bytes and did not, in words; none where the device passes.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record DeviceVerified(string Device, IReadOnlyList<string> Differences, double Seconds) : TrainerNotice;

/// <summary>Source-generated JSON of both directions.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrainerRequest))]
[JsonSerializable(typeof(TrainerNotice))]
internal sealed partial class TrainerJson : JsonSerializerContext;
