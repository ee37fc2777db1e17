using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Grains.Verification;

/// <summary>Configurations' own rows against results, attempts and their sweep; blobs against those rows.</summary>
internal static partial class SweepComparison
{
    private static IEnumerable<Disagreement> OfStates(StoredSweep sweep, HashSet<string> complete, HashSet<string> givenUp)
    {
        var shorter = sweep.Shorter.SelectMany(s => s.Configurations).Select(c => c.Planned.Key).Except(sweep.Configurations.Select(c => c.Planned.Key)).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, row) in sweep.Rows.Where(r => r.Value.State.Order is not null).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            if (!sweep.Known.Contains(key))
            {
                yield return new(key, "it has a row, and is none of the sweep's configurations", "delete the row, unless you know whose it is");
                continue;
            }

            var state = row.State;
            if (complete.Contains(key) && sweep.Over && (state.Phase == AttemptPhase.Training || state is { Cancelled: false, Checkpoints.Length: > 0 }))
            {
                yield return new(key, "its results are stored, and its row still trains or refers to checkpoints", $"{Submit(sweep)}: it lets go of them");
            }

            if (state.FailedBecause is not null && !complete.Contains(key) && !givenUp.Contains(key) && !sweep.State.Cancelled)
            {
                yield return new(key, $"its row says that it was given up ({FirstLine(state.FailedBecause)}), and no attempt does", "nothing: it says so again when its sweep is next woken, within a minute");
            }

            if (givenUp.Contains(key) && state.FailedBecause is null && !sweep.State.Cancelled)
            {
                yield return new(key, "an attempt says that it was given up, and its row does not", $"'smallbatch sweep retry {sweep.Name} --key {key}' trains it");
            }

            if (sweep.State.Cancelled && !shorter.Contains(key) && !complete.Contains(key) && !givenUp.Contains(key) && (state.ControlVersion < sweep.State.ControlVersion || !state.Cancelled))
            {
                yield return new(key, $"its sweep is cancelled, and its row does not know (control version {state.ControlVersion}, wanted {sweep.State.ControlVersion})", $"'smallbatch sweep cancel {sweep.Name}' tells it again");
            }
        }
    }

    private static IEnumerable<Disagreement> OfBlobs(StoredSweep sweep)
    {
        foreach (var (key, row) in sweep.Rows.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            foreach (var reference in CollectionPolicy.References(row.State))
            {
                if (!sweep.Checkpoints.Any(b => b.Name == reference.BlobName))
                {
                    yield return new(key, $"its row refers to the checkpoint at step {reference.Step}, and that blob is not there", "nothing: it resumes from the one before, or from the beginning, to the same bytes");
                }
                else if (sweep.Hashes.TryGetValue(reference.BlobName, out var hash) && hash != reference.Sha256)
                {
                    yield return new(reference.BlobName, $"its SHA-256 begins with {hash[..12]}, and its configuration's row says {reference.Sha256[..12]}", "nothing: a damaged checkpoint is skipped when it is resumed from; the disk or network that wrote it may be faulty");
                }
            }
        }

        foreach (var blob in sweep.Checkpoints)
        {
            var row = sweep.Rows.GetValueOrDefault(blob.Name.Split('/')[0]) ?? new(new(), DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
            switch (CollectionPolicy.Judge(blob, row, sweep.SpareFor))
            {
                case BlobFate.Garbage or BlobFate.Current when sweep.Over && !sweep.JustCompleted:
                    yield return new(blob.Name, "no row refers to this checkpoint, and its sweep is over", $"{Submit(sweep)}: it is collected; or delete the blob");
                    break;
                case BlobFate.Foreign:
                    yield return new(blob.Name, "it lies among the checkpoints, and its name is none", "delete the blob, unless you know whose it is");
                    break;
                default:
                    break;
            }
        }

        foreach (var log in sweep.Logs)
        {
            var key = log.Split('/')[0];
            if (!sweep.Known.Contains(key) || !int.TryParse(Path.GetFileNameWithoutExtension(log), out var attempt) || attempt > (sweep.Rows.GetValueOrDefault(key)?.State.Attempt ?? 0))
            {
                yield return new(log, "it is the log of an attempt that its configuration's row does not know", "delete the blob, unless you know whose it is");
            }
        }
    }

    private static string FirstLine(string text) => text.Split('\n')[0];
}
