using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>Checkpoints on their way: from the store before the training, and beside it into the store.</summary>
internal sealed partial class TrainerAttempt
{
    /// <summary>Rounds in which the store answers for a checkpoint with an error of its own, after which it counts as lost.</summary>
    private const int MostRefusals = 4;

    /// <summary>The newest, and the one before in case that one is damaged.</summary>
    private const int CheckpointsTried = 2;

    private async Task<IReadOnlyList<string>> DownloadAsync()
    {
        var files = new List<string>();
        foreach (var reference in Order.Checkpoints.TakeWhile(_ => files.Count < CheckpointsTried))
        {
            var path = Path.Combine(scratch, $"resume-{reference.Step:D12}.safetensors");
            if (await DownloadAsync(reference, path))
            {
                files.Add(path);
            }
            else
            {
                Log.Add($"checkpoint {reference.BlobName} is not in the store; the one before it is tried, else it begins anew");
            }
        }

        return files;
    }

    private async Task<ShorterCheckpointFile?> DownloadShorterAsync()
    {
        if (Order.Shorter is not { } shorter)
        {
            return null;
        }

        var path = Path.Combine(scratch, $"shorter-{shorter.Reference.Step:D12}.safetensors");
        if (await DownloadAsync(shorter.Reference, path))
        {
            return new(path, shorter.SettingsText);
        }

        Log.Add($"checkpoint {shorter.Reference.BlobName} of a shorter budget is not in the store; it begins anew");
        return null;
    }

    private async Task<bool> DownloadAsync(CheckpointReference reference, string path)
    {
        using var fetch = Spans.Source.StartActivity("fetch")?.SetTag("smallbatch.step", reference.Step);
        var refusals = 0;
        var since = time.GetTimestamp();
        var found = await RetryAsync("download of a checkpoint", async () =>
        {
            try
            {
                return await checkpoints.DownloadAsync(reference.BlobName, path, abandoned.Token);
            }
            catch (Azure.RequestFailedException failure) when (failure.Status == 500 && ++refusals == MostRefusals)
            {
                // The store answers, and knows the name, but has lost the bytes: a store that went back may.
                Log.Add($"checkpoint {reference.BlobName} cannot be read: {failure.Message}");
                return false;
            }
        });
        metrics.Checkpoint(CheckpointPhase.Fetch, time.GetElapsedTime(since));
        return found;
    }

    /// <summary>Whether it may be the one that its configuration keeps when it has ended.</summary>
    private bool MayBeKept(CheckpointWritten checkpoint) => checkpoint.Step <= Order.Job.KeepUntil;

    /// <summary>Has it uploaded. While the store is gone there wait the one on its way, the last that may be kept and the newest, and no more.</summary>
    private void Upload(CheckpointWritten newest)
    {
        var waiting = new List<CheckpointWritten>();
        while (uploads.Reader.TryRead(out var earlier))
        {
            waiting.Add(earlier);
        }

        var kept = MayBeKept(newest) ? null : waiting.LastOrDefault(MayBeKept);
        waiting.Where(w => w != kept).ToList().ForEach(w => DeleteFile(w.Path));
        if (kept is not null)
        {
            uploads.Writer.TryWrite(kept);
        }

        uploads.Writer.TryWrite(newest);
    }

    private async Task UploadAsync()
    {
        await foreach (var checkpoint in uploads.Reader.ReadAllAsync())
        {
            try
            {
                await UploadAsync(checkpoint);
            }
            catch (OperationCanceledException)
            {
                // Over: nobody resumes from it.
            }
            catch (Exception failure)
            {
                // Waiting does not bring a file back, and the one before it still counts. Whatever it was, the training goes on.
                Log.Add($"checkpoint at step {checkpoint.Step} is lost: {failure.Message}");
            }

            DeleteFile(checkpoint.Path);
        }
    }

    private async Task UploadAsync(CheckpointWritten checkpoint)
    {
        using var commit = Spans.Source.StartActivity("checkpoint")?.SetTag("smallbatch.step", checkpoint.Step).SetTag("smallbatch.bytes", checkpoint.Bytes).SetTag("smallbatch.write_seconds", checkpoint.Seconds);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(abandoned.Token, MayBeKept(checkpoint) ? CancellationToken.None : abandonedUploads.Token);
        var name = new CheckpointName(Order.Lease.ConfigurationKey, Order.Lease.Token, checkpoint.Step).ToString();
        var report = new CheckpointReport(Order.Lease.ConfigurationKey, Order.Lease.Token, ++checkpointNumber, name, checkpoint.Step, checkpoint.Sha256, checkpoint.Bytes);
        var since = time.GetTimestamp();
        await RetryAsync("checkpoint", async () =>
        {
            await checkpoints.UploadAsync(name, checkpoint.Path, until.Token);
            return true;
        }, until.Token);
        if (await RetryAsync("checkpoint", () => Configuration.CheckpointUploaded(report), until.Token) == Receipt.Stale)
        {
            Log.Add("this lease is not the current one any more");
            Abandon();
        }
        else
        {
            metrics.Checkpoint(CheckpointPhase.Commit, time.GetElapsedTime(since));
            metrics.Committed(checkpoint.Bytes);
            Log.Add($"checkpoint at step {checkpoint.Step} is committed");
        }
    }
}
