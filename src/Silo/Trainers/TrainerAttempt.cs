using System.Diagnostics;
using System.Threading.Channels;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains;
using SmallBatch.Grains.Configurations;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Storage;
using SmallBatch.Training.Processes;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>
/// One attempt on one slot: hands the job to the trainer, uploads its checkpoints beside the training, and relays what it
/// says, each word with the token. What the configuration refuses as stale ends it.
/// </summary>
internal sealed partial class TrainerAttempt(
    StartOrder order,
    TrainerSettings settings,
    CheckpointBlobs checkpoints,
    AttemptLogTable logs,
    IGrainFactory grains,
    Action trainsOn,
    TrainerMetrics metrics,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource abandoned = new();
    private readonly CancellationTokenSource abandonedUploads = new();
    private readonly Channel<CheckpointWritten> uploads = Channel.CreateUnbounded<CheckpointWritten>();
    private readonly string scratch = Path.Combine(settings.WorkRoot, "scratch", order.Lease.Token.ToString());
    private TrainerProcess? trainer;
    private bool? stopWithCheckpoint;
    private string? stopBecause;
    private int checkpointNumber;
    private long lastStep;
    private long? resumedFromStep;
    private int lastEpoch;

    /// <summary>Its order.</summary>
    public StartOrder Order { get; } = order;

    /// <summary>What a line of the silo's log bears that is written for it.</summary>
    public AttemptIds Ids => new(() => (Order.Job.SweepName, Order.Lease.ConfigurationKey, Order.Attempt, Order.Lease.Token));

    /// <summary>What happened.</summary>
    public AttemptLog Log { get; } = new(time);

    /// <summary>What it says of its device, once it has ended; null where nothing.</summary>
    public DeviceFailure? Failure { get; private set; }

    private string Job => Order.Lease.Token.ToString();

    private IConfigurationGrain Configuration => grains.GetGrain<IConfigurationGrain>(Order.Lease.ConfigurationKey);

    /// <summary>Stops it after its current step; with a last checkpoint when it is only to go on elsewhere. Idempotent; one without a checkpoint outweighs. Answers whether that was news.</summary>
    /// <param name="withCheckpoint">Whether it writes a last one.</param>
    /// <param name="because">To whom it gives its slot, or null where to nobody.</param>
    public bool Stop(bool withCheckpoint, string? because = null)
    {
        if (stopWithCheckpoint == false || stopWithCheckpoint == withCheckpoint)
        {
            return false;
        }

        stopWithCheckpoint = withCheckpoint;
        stopBecause = because;
        _ = trainer?.SendAsync(new StopTraining(Job, withCheckpoint));
        return true;
    }

    /// <summary>Stops it, and stops telling anybody of it: its token is not the current one any more.</summary>
    public void Abandon()
    {
        abandoned.Cancel();
        Stop(withCheckpoint: false);
    }

    /// <summary>Trains on this trainer until it ends one way or another; answers what to tell the configuration.</summary>
    public async Task<AttemptReport> TrainAsync(Func<CancellationToken, Task<TrainerProcess>> start)
    {
        var uploading = UploadAsync();
        var report = await TrainOrExplainAsync(start);
        uploads.Writer.Complete();
        if (report.End is AttemptEnd.Completed or AttemptEnd.Refused)
        {
            // Nobody will resume from a checkpoint that is still on its way.
            abandonedUploads.Cancel();
        }

        await uploading;
        return report;
    }

    /// <summary>Tells the configuration, until it has heard; answers whether its word was taken.</summary>
    public async Task<bool> TellAsync(AttemptReport report)
    {
        Log.Add($"{report.End}{(report.Reason is null ? "" : $": {report.Reason}")}");
        var taken = false;
        try
        {
            taken = await RetryAsync("end of attempt", () => Configuration.AttemptEnded(report)) == Receipt.Accepted;
            await logs.WriteAsync(Order.Lease.ConfigurationKey, Order.Attempt, Log.ToString(), CancellationToken.None);
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            // Nobody waits for its word any more.
        }
        catch (Exception failure) when (failure is Azure.RequestFailedException or AggregateException or OperationCanceledException or IOException)
        {
            // The outcome counts, the log is a help.
            NotDelivered(Order.Lease.ConfigurationKey, "log", failure.Message);
        }
        finally
        {
            EndSpan(report);
            DeleteScratch();
        }

        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        abandoned.Dispose();
        abandonedUploads.Dispose();
    }

    private async Task<AttemptReport> TrainOrExplainAsync(Func<CancellationToken, Task<TrainerProcess>> start)
    {
        var startedAt = time.GetTimestamp();
        try
        {
            Directory.CreateDirectory(scratch);
            var files = await DownloadAsync();
            var shorter = files.Count == 0 ? await DownloadShorterAsync() : null;
            using (Spans.Source.StartActivity("trainer"))
            {
                trainer = await start(abandoned.Token);
            }

            using var training = Spans.Source.StartActivity("train");
            trainer.Log = Log.Add;
            Log.Add($"{Order.Lease.ConfigurationKey}, attempt {Order.Attempt}, {Order.Lease.Slot}, trainer process {trainer.Id}");
            await trainer.SendAsync(new StartTraining([new(
                Job, Order.Job.SettingsText, Order.Job.Stage == Stage.Confirm ? "confirm" : "grid", Order.Job.Replicas, settings.DataRoot ?? "",
                scratch, Order.Job.CheckpointSeconds, files, Order.Lease.Device, Order.Job.FirstReplica, shorter, training?.Id)]));
            if (stopWithCheckpoint is { } stop)
            {
                await trainer.SendAsync(new StopTraining(Job, stop));
            }

            return await FollowAsync(trainer) ?? await DiedAsync(trainer, null);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && trainer is null)
        {
            // No trainer has seen what it was to train; and one that somebody outside ended says nothing of the device either.
            return Blame(
                failure is TrainerNotStartedException { ByItself: false } ? null : DiskErrors.IsFull(failure) ? DeviceFailureKind.DiskFull : DeviceFailureKind.NotStarted,
                DiskErrors.IsFull(failure) ? $"no room on the disk: {scratch}: found {failure.Message.TrimEnd('.')}, wanted room for a checkpoint to resume from; free some on that disk." : failure.Message,
                Report(AttemptEnd.Lost, failure.Message, [], time.GetElapsedTime(startedAt).TotalSeconds));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Report(AttemptEnd.Crashed, failure.Message, [], time.GetElapsedTime(startedAt).TotalSeconds);
        }
        catch (OperationCanceledException)
        {
            return Report(AttemptEnd.Stopped, null, [], time.GetElapsedTime(startedAt).TotalSeconds);
        }
    }

    private async Task<AttemptReport?> FollowAsync(TrainerProcess trainer)
    {
        var watch = new ProgressWatch(settings.SilenceLimit, time);
        while (true)
        {
            TrainerNotice notice;
            var patience = stopWithCheckpoint == false ? StopPatience : watch.Left;
            using var silence = new CancellationTokenSource(patience, time);
            try
            {
                notice = await trainer.Notices.ReadAsync(silence.Token);
            }
            catch (ChannelClosedException)
            {
                return null;
            }
            catch (OperationCanceledException)
            {
                return await DiedAsync(
                    trainer, stopWithCheckpoint == false ? $"it was asked to stop, said nothing for {patience.TotalSeconds:F0} s and was killed" : $"{watch.Hanging} and was killed");
            }

            switch (notice)
            {
                case TrainingStarted started when started.Job == Job:
                    resumedFromStep = lastStep = started.ResumedFromStep;
                    Reached(started.ResumedFromStep);
                    watch.Started(started.ResumedFromStep);
                    Log.Add($"training from step {started.ResumedFromStep}{string.Concat(started.Skipped.Select(s => $"; skipped checkpoint {s}"))}");
                    break;
                case TrainingProgressed progress when progress.Job == Job:
                    Reached(progress.Step);
                    watch.Saw(progress.Step);
                    metrics.Paced(Order.Lease, progress.ImagesPerSecond);
                    _ = ReportAsync(progress.ImagesPerSecond, []);
                    break;
                case TrainerWorked worked when worked.Job == Job:
                    watch.Saw(worked.Step, worked.Batches);
                    break;
                case EpochEnded epoch when epoch.Job == Job:
                    watch.Saw(epoch.Step);
                    lastEpoch = epoch.Epoch;
                    Mark(epoch);
                    Reached(epoch.Step);
                    metrics.Paced(Order.Lease, epoch.ImagesPerSecond);
                    _ = ReportAsync(epoch.ImagesPerSecond, [.. epoch.TestAccuracy.Select(a => a ?? double.NaN)]);
                    break;
                case CheckpointWritten checkpoint when checkpoint.Job == Job:
                    Reached(checkpoint.Step);
                    watch.Saw(checkpoint.Step);
                    trainsOn();
                    metrics.Checkpoint(CheckpointPhase.Write, TimeSpan.FromSeconds(checkpoint.Seconds));
                    Upload(checkpoint);
                    break;
                case TrainingCompleted completed when completed.Job == Job:
                    Reached(completed.Step);
                    trainsOn();
                    return Report(AttemptEnd.Completed, null, [.. completed.Outcomes.Select((o, i) => new ReplicaOutcome(Order.Job.FirstReplica + i, o))], completed.TrainingSeconds);
                case TrainingStopped stopped when stopped.Job == Job:
                    Reached(stopped.Step);
                    return Report(AttemptEnd.Stopped, stopBecause, [], stopped.TrainingSeconds);
                case TrainingRefused refused when refused.Job == Job:
                    return Report(AttemptEnd.Refused, string.Join("; ", refused.Errors), [], 0);
                default:
                    // A late word of an earlier job of this trainer.
                    break;
            }
        }
    }

    private void Reached(long step)
    {
        metrics.Stepped(Order.Lease, step - lastStep);
        lastStep = step;
        StepReached(Order.Lease.ConfigurationKey, Order.Lease.Token, step);
    }

    private async Task<AttemptReport> DiedAsync(TrainerProcess trainer, string? because)
    {
        if (because is not null)
        {
            trainer.Kill();
        }

        var end = await trainer.EndAsync();
        if (because is null && !end.ByItself)
        {
            return Blame(end.DiskFull ? DeviceFailureKind.DiskFull : null, end.Text, Report(AttemptEnd.Lost, end.Text, [], 0));
        }

        var died = because is not null || !end.OutOfMemory;
        return Blame(
            died ? DeviceFailureKind.Died : null, because ?? end.Text, Report(AttemptEnd.Crashed, $"{because ?? end.Text}; the log's last lines:\n{Log.Tail(8)}", [], 0));
    }

    private AttemptReport Blame(DeviceFailureKind? kind, string reason, AttemptReport report)
    {
        // One that was given up is in nobody's way, however it ends.
        Failure = kind is { } known && !abandoned.IsCancellationRequested ? new(Order.Lease.Device, known, Order.Lease.ConfigurationKey, reason, time.GetUtcNow()) : null;
        return report;
    }

    private AttemptReport Report(AttemptEnd end, string? reason, ReplicaOutcome[] outcomes, double seconds) =>
        new(Order.Lease.ConfigurationKey, Order.Lease.Token, end, reason, outcomes, seconds, lastStep, resumedFromStep);

    private async Task ReportAsync(double imagesPerSecond, double[] testAccuracy)
    {
        // Said every few seconds: no trace has room for that.
        Activity.Current = null;
        try
        {
            var report = new ProgressReport(Order.Lease.ConfigurationKey, Order.Lease.Token, lastEpoch, lastStep, imagesPerSecond, testAccuracy);
            if (await Configuration.Report(report) == Receipt.Stale)
            {
                Log.Add("this lease is not the current one any more");
                Abandon();
            }
        }
        catch (Exception failure)
        {
            // For display only: the next one says more.
            NotDelivered(Order.Lease.ConfigurationKey, "progress", failure.Message);
        }
    }

    private async Task<T> RetryAsync<T>(string what, Func<Task<T>> call, CancellationToken cancellationToken = default)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(abandoned.Token, cancellationToken);
        var pause = FirstRetry;
        while (true)
        {
            until.Token.ThrowIfCancellationRequested();
            try
            {
                return await call().WaitAsync(until.Token);
            }
            catch (Exception failure) when (failure is not (FileNotFoundException or DirectoryNotFoundException) && !DiskErrors.IsFull(failure))
            {
                // A message that expired on its way ends in an OperationCanceledException too, and is nobody's wish.
                until.Token.ThrowIfCancellationRequested();
                NotDelivered(Order.Lease.ConfigurationKey, what, failure.Message);
            }

            await Task.Delay(pause, time, until.Token);
            pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
        }
    }

    private void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException failure)
        {
            NotDelivered(Order.Lease.ConfigurationKey, $"deletion of {path}", failure.Message);
        }
    }

    private void DeleteScratch()
    {
        try
        {
            Directory.Delete(scratch, recursive: true);
        }
        catch (IOException failure)
        {
            NotDelivered(Order.Lease.ConfigurationKey, $"deletion of {scratch}", failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration}: token {Token} is at step {Step}")]
    private partial void StepReached(string configuration, LeaseToken token, long step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Configuration}: {What} did not get through: {Failure}")]
    private partial void NotDelivered(string configuration, string what, string failure);
}
