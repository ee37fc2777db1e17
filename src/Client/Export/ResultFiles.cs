using System.Globalization;
using System.Text;
using System.Text.Json;
using SmallBatch.Contracts;
using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Client.Export;

/// <summary>
/// <c>results.csv</c> holds only what is deterministic, so that two runs of a sweep can be compared byte for byte; times,
/// attempts and hosts stand in <c>runs.csv</c>.
/// </summary>
internal static class ResultFiles
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes the folder, and says why it cannot be written; null where it can.</summary>
    public static string? Refusal(string folder)
    {
        var path = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(path);
            File.WriteAllText(Path.Combine(path, "results.csv.partial"), "");
            File.Delete(Path.Combine(path, "results.csv.partial"));
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"--out: found that {path} cannot be written ({failure.Message.TrimEnd('.')}), wanted a folder that can be written";
        }
    }

    /// <summary>Writes them into a folder, each complete or not at all. Answers the folder's full path.</summary>
    public static string Write(SweepResults results, string folder)
    {
        var path = Path.GetFullPath(folder);
        Directory.CreateDirectory(path);
        Replace(Path.Combine(path, "results.csv"), Results, results);
        Replace(Path.Combine(path, "curves.csv"), Curves, results);
        Replace(Path.Combine(path, "runs.csv"), Runs, results);
        if (results.Replicas.Any(r => r.UpdateVariance.Length > 0))
        {
            Replace(Path.Combine(path, "update-variance.csv"), UpdateVariance, results);
        }

        return path;
    }

    /// <summary>Writes <c>results.json</c>, everything of a sweep in one document. Answers the folder's full path.</summary>
    public static string WriteJson(SweepResults results, string folder)
    {
        var path = Path.GetFullPath(folder);
        Replace(Path.Combine(path, "results.json"), partial =>
        {
            using var stream = File.Create(partial);
            JsonSerializer.Serialize(stream, results, JsonForm.Indented);
        });
        return path;
    }

    /// <summary>The rows, by stage, m, η̃, replica.</summary>
    public static string Results(SweepResults results) => Text(Results, results);

    private static void Results(TextWriter writer, SweepResults results)
    {
        // Columns that most sweeps have nothing for come last, and only where there is something.
        var sweep = results.Sweep;
        string[] selection = sweep.ValidationImages is null ? [] : ["validation_images", "validation_score"];
        var csv = new CsvText(
            writer,
        [
            "sweep", "dataset", "train_images", "test_images", "network", "stage", "batch_size", "base_learning_rate", "learning_rate", "replica", "outcome",
            "diverged_at_step", "score", "final_test_accuracy", "final_train_loss", "final_test_loss", "budget", "updates", "settings_hash", .. selection,
        ]);
        foreach (var r in results.Replicas)
        {
            double? rate = BaseLearningRate.TryParse(r.BaseLearningRate, out var parsed) ? parsed!.Value * r.BatchSize : null;
            object?[] selected = selection.Length == 0 ? [] : [sweep.ValidationImages, r.ValidationScore];
            csv.Row(
            [
                sweep.Name, sweep.Dataset.Split(' ')[0], sweep.TrainImages, sweep.TestImages, results.Network, Lower(r.Stage), r.BatchSize, r.BaseLearningRate, rate, r.Replica,
                Lower(r.Outcome), r.DivergedAtStep, r.Score, r.FinalTestAccuracy, r.FinalTrainLoss, r.FinalTestLoss, r.Budget ?? sweep.Budget, r.Updates, r.SettingsHash, .. selected,
            ]);
        }
    }

    /// <summary>A row an epoch of each replica, in the same order: what was trained and tested, and the gradient's mean norm.</summary>
    public static string Curves(SweepResults results) => Text(Curves, results);

    private static void Curves(TextWriter writer, SweepResults results)
    {
        string[] selection = results.Sweep.ValidationImages is null ? [] : ["validation_loss", "validation_accuracy"];
        string[] budget = results.Analysis.Rungs.Length == 0 ? [] : ["budget"];
        var csv = new CsvText(
            writer,
            ["sweep", "stage", "batch_size", "base_learning_rate", "replica", "epoch", "step", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "gradient_norm", .. selection, .. budget]);
        foreach (var r in results.Replicas)
        {
            foreach (var p in r.Curve)
            {
                object?[] selected = selection.Length == 0 ? [] : [p.ValidationLoss, p.ValidationAccuracy];
                object?[] trained = budget.Length == 0 ? [] : [r.Budget ?? results.Sweep.Budget];
                csv.Row(
                [
                    results.Sweep.Name, Lower(r.Stage), r.BatchSize, r.BaseLearningRate, r.Replica, p.Epoch, p.Step, p.TrainLoss, p.TrainAccuracy, p.TestLoss, p.TestAccuracy, p.GradientNorm, .. selected, .. trained,
                ]);
            }
        }
    }

    /// <summary>
    /// The variance of the gradient, and of the update η·g with η = η̃·m at the measured m, at each replica's weights and moment.
    /// </summary>
    public static string UpdateVariance(SweepResults results) => Text(UpdateVariance, results);

    private static void UpdateVariance(TextWriter writer, SweepResults results)
    {
        var csv = new CsvText(writer, "sweep", "stage", "batch_size", "base_learning_rate", "replica", "step", "measured_batch_size", "gradient_variance", "update_variance");
        foreach (var r in results.Replicas)
        {
            var rate = BaseLearningRate.TryParse(r.BaseLearningRate, out var parsed) ? parsed!.Value : (double?)null;
            foreach (var v in r.UpdateVariance)
            {
                csv.Row(
                    results.Sweep.Name, Lower(r.Stage), r.BatchSize, r.BaseLearningRate, r.Replica, v.Step, v.BatchSize, v.GradientVariance,
                    v.GradientVariance * rate * rate * v.BatchSize * v.BatchSize);
            }
        }
    }

    /// <summary>The attempts, by stage, m, η̃, attempt.</summary>
    public static string Runs(SweepResults results) => Text(Runs, results);

    private static void Runs(TextWriter writer, SweepResults results)
    {
        var csv = new CsvText(
            writer,
            "sweep", "sweep_id", "configuration", "stage", "batch_size", "base_learning_rate", "attempt", "host", "device", "started_at", "ended_at", "end", "reason",
            "training_seconds", "resumed_from_step", "reached_step", "device_seconds", "energy_joules");
        foreach (var (key, stage, m, rate, run) in results.Runs)
        {
            csv.Row(
                results.Sweep.Name, results.Sweep.SweepId, key, Lower(stage), m, rate, run.Attempt, run.Host, run.Device, run.StartedAt, run.EndedAt,
                Lower(run.End), run.Reason, run.TrainingSeconds, run.ResumedFromStep, run.ReachedStep, Math.Max(0, (run.EndedAt - run.StartedAt).TotalSeconds),
                run.EnergyJoules);
        }
    }

    /// <summary>How files write an enumeration's value.</summary>
    public static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>Writes a file under another name first, so that it is complete or not there.</summary>
    public static void Replace(string path, Action<string> write)
    {
        write(path + ".partial");
        File.Move(path + ".partial", path, overwrite: true);
    }

    private static void Replace(string path, Action<TextWriter, SweepResults> write, SweepResults results) => Replace(path, partial =>
    {
        using var writer = new StreamWriter(partial, Utf8, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 16 });
        write(writer, results);
    });

    private static string Text(Action<TextWriter, SweepResults> write, SweepResults results)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        write(writer, results);
        return writer.ToString();
    }
}
