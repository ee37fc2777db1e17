using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Client.Export;

/// <summary>The columns of <c>results.csv</c> and <c>curves.csv</c>, typed.</summary>
internal static class ParquetFiles
{
    /// <summary>Writes <c>results.parquet</c>, a row a replica, and <c>curves.parquet</c>, a row an epoch of each. Answers the folder's full path.</summary>
    public static async Task<string> WriteAsync(SweepResults results, string folder, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(folder);
        await ReplaceAsync(Path.Combine(path, "results.parquet"), partial => Results(results.Sweep.Name, results).WriteAsync(partial, results.Replicas, cancellationToken));
        await ReplaceAsync(Path.Combine(path, "curves.parquet"), partial => Curves(results).WriteAsync(partial, results.Replicas.SelectMany(r => r.Curve, (r, p) => (r, p)), cancellationToken));
        return path;
    }

    private static ParquetTable<ReplicaResult> Results(string name, SweepResults results)
    {
        var columns = Columns(name, results);
        return results.Sweep.ValidationImages is { } kept ? columns.Number("validation_images", _ => kept).Optional("validation_score", r => r.ValidationScore) : columns;
    }

    private static ParquetTable<ReplicaResult> Columns(string name, SweepResults results) => new ParquetTable<ReplicaResult>()
        .Text("sweep", _ => name)
        .Text("dataset", _ => results.Sweep.Dataset.Split(' ')[0])
        .Number("train_images", _ => results.Sweep.TrainImages)
        .Number("test_images", _ => results.Sweep.TestImages)
        .Text("network", _ => results.Network)
        .Text("stage", r => ResultFiles.Lower(r.Stage))
        .Number("batch_size", r => r.BatchSize)
        .Text("base_learning_rate", r => r.BaseLearningRate)
        .Optional<double>("learning_rate", r => BaseLearningRate.TryParse(r.BaseLearningRate, out var rate) ? rate!.Value * r.BatchSize : null)
        .Number("replica", r => r.Replica)
        .Text("outcome", r => ResultFiles.Lower(r.Outcome))
        .Optional("diverged_at_step", r => r.DivergedAtStep)
        .Optional("score", r => r.Score)
        .Optional("final_test_accuracy", r => r.FinalTestAccuracy)
        .Optional("final_train_loss", r => r.FinalTrainLoss)
        .Optional("final_test_loss", r => r.FinalTestLoss)
        .Text("budget", r => r.Budget ?? results.Sweep.Budget)
        .Number("updates", r => r.Updates)
        .Text("settings_hash", r => r.SettingsHash);

    private static ParquetTable<(ReplicaResult Replica, CurvePoint Point)> Curves(SweepResults results)
    {
        var columns = CurveColumns(results.Sweep.Name);
        columns = results.Sweep.ValidationImages is null ? columns : columns.Optional("validation_loss", r => r.Point.ValidationLoss).Optional("validation_accuracy", r => r.Point.ValidationAccuracy);
        return results.Analysis.Rungs.Length == 0 ? columns : columns.Text("budget", r => r.Replica.Budget ?? results.Sweep.Budget);
    }

    private static ParquetTable<(ReplicaResult Replica, CurvePoint Point)> CurveColumns(string name) => new ParquetTable<(ReplicaResult Replica, CurvePoint Point)>()
        .Text("sweep", _ => name)
        .Text("stage", r => ResultFiles.Lower(r.Replica.Stage))
        .Number("batch_size", r => r.Replica.BatchSize)
        .Text("base_learning_rate", r => r.Replica.BaseLearningRate)
        .Number("replica", r => r.Replica.Replica)
        .Number("epoch", r => r.Point.Epoch)
        .Number("step", r => r.Point.Step)
        .Number("train_loss", r => r.Point.TrainLoss)
        .Number("train_accuracy", r => r.Point.TrainAccuracy)
        .Number("test_loss", r => r.Point.TestLoss)
        .Number("test_accuracy", r => r.Point.TestAccuracy)
        .Optional("gradient_norm", r => r.Point.GradientNorm);

    private static async Task ReplaceAsync(string path, Func<string, Task> write)
    {
        await write(path + ".partial");
        File.Move(path + ".partial", path, overwrite: true);
    }
}
