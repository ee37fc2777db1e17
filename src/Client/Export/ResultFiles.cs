using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Client.Export;

/// <summary>
/// <c>results.csv</c> holds only what is deterministic, so that two runs of a sweep can be compared byte for byte; times,
/// attempts and hosts stand in <c>runs.csv</c>.
/// </summary>
internal static class ResultFiles
{
    /// <summary>Writes both into a folder, each complete or not at all. Answers the folder's full path.</summary>
    public static string Write(SweepResults results, string folder)
    {
        var path = Path.GetFullPath(folder);
        Directory.CreateDirectory(path);
        Replace(Path.Combine(path, "results.csv"), Results(results));
        Replace(Path.Combine(path, "runs.csv"), Runs(results));
        return path;
    }

    /// <summary>The rows, by stage, m, η̃, replica.</summary>
    public static string Results(SweepResults results)
    {
        var csv = new CsvText(
            "sweep", "dataset", "train_images", "test_images", "network", "stage", "batch_size", "base_learning_rate", "learning_rate", "replica", "outcome",
            "diverged_at_step", "score", "final_test_accuracy", "final_train_loss", "final_test_loss", "epochs", "updates", "settings_hash");
        var sweep = results.Sweep;
        foreach (var r in results.Replicas)
        {
            double? rate = BaseLearningRate.TryParse(r.BaseLearningRate, out var parsed) ? parsed!.Value * r.BatchSize : null;
            csv.Row(
                sweep.Name, sweep.Dataset.Split(' ')[0], sweep.TrainImages, sweep.TestImages, results.Network, Lower(r.Stage), r.BatchSize, r.BaseLearningRate, rate, r.Replica,
                Lower(r.Outcome), r.DivergedAtStep, r.Score, r.FinalTestAccuracy, r.FinalTrainLoss, r.FinalTestLoss, results.Epochs, r.Updates, r.SettingsHash);
        }

        return csv.ToString();
    }

    /// <summary>The attempts, by stage, m, η̃, attempt.</summary>
    public static string Runs(SweepResults results)
    {
        var csv = new CsvText(
            "sweep", "sweep_id", "configuration", "stage", "batch_size", "base_learning_rate", "attempt", "host", "device", "started_at", "ended_at", "end", "reason",
            "training_seconds", "resumed_from_step", "reached_step");
        foreach (var (key, stage, m, rate, run) in results.Runs)
        {
            csv.Row(
                results.Sweep.Name, results.Sweep.SweepId, key, Lower(stage), m, rate, run.Attempt, run.Host, run.Device, run.StartedAt, run.EndedAt,
                Lower(run.End), run.Reason, run.TrainingSeconds, run.ResumedFromStep, run.ReachedStep);
        }

        return csv.ToString();
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".partial", text);
        File.Move(path + ".partial", path, overwrite: true);
    }
}
