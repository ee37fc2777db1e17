using SmallBatch.Contracts.Results;

namespace SmallBatch.Client.Export;

/// <summary>Every replica's curve as an event file in a folder of its own, which TensorBoard shows as a run.</summary>
internal static class TensorBoardFiles
{
    /// <summary>Writes <c>tensorboard/NAME/STAGE/m=8/lr=2^-9/replica=0/events.out.tfevents.*</c>; the step is the epoch. Answers the full path of <c>tensorboard</c>.</summary>
    public static string Write(SweepResults results, string folder)
    {
        var root = Path.Combine(Path.GetFullPath(folder), "tensorboard");
        foreach (var r in results.Replicas)
        {
            // '/' in a rate such as 1/300 would be a folder.
            var place = Path.Combine(root, results.Sweep.Name, ResultFiles.Lower(r.Stage), $"m={r.BatchSize}", $"lr={r.BaseLearningRate.Replace('/', '÷')}", $"replica={r.Replica}");
            Directory.CreateDirectory(place);
            ResultFiles.Replace(Path.Combine(place, "events.out.tfevents.0.smallbatch"), partial => Write(r, partial, results.Sweep.CreatedAt));
        }

        return root;
    }

    private static void Write(ReplicaResult replica, string path, DateTimeOffset at)
    {
        using var file = new EventFile(path, at);
        foreach (var p in replica.Curve)
        {
            file.Scalars(p.Epoch, ("accuracy/test", p.TestAccuracy), ("accuracy/train", p.TrainAccuracy), ("loss/test", p.TestLoss), ("loss/train", p.TrainLoss), ("updates", p.Step));
            if (p.GradientNorm is { } norm)
            {
                file.Scalars(p.Epoch, ("gradient norm", norm));
            }
        }

        if (replica is { Score: { } score, Curve.Length: > 0 })
        {
            file.Scalars(replica.Curve[^1].Epoch, ("score", score));
        }
    }
}
