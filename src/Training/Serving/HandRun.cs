using System.Globalization;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Training.Loop;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Serving;

/// <summary>Trains one cell of a specification by hand: no silo, no store.</summary>
internal sealed class HandRun(TimeProvider time) : IRunObserver
{
    /// <inheritdoc/>
    public bool? StopRequested => null;

    /// <summary>Runs the cell and writes one outcome a line to standard output. Answers the exit code.</summary>
    public int Run(string specPath, int batchSize, string rateText, int replicas, string stage, string dataRoot, string folder, double checkpointSeconds, string? resume)
    {
        var draft = SweepDraft.Load(specPath);
        var dataset = draft.Dataset is { } named ? DatasetCatalog.Inspect(named, dataRoot) : null;
        var plan = SweepPlan.Of(draft with { Spec = draft.Spec is { } spec ? spec with { BatchSizes = [batchSize] } : null }, dataset);
        var errors = plan.Errors.ToList();
        if (!BaseLearningRate.TryParse(rateText, out var rate))
        {
            errors.Add(new("--lr", rateText, "a base learning rate such as 2^-9"));
        }

        if (errors.Count > 0)
        {
            errors.ForEach(e => Console.Error.WriteLine(e));
            return 2;
        }

        Directory.CreateDirectory(folder);
        var settings = plan.Value!.Cell(batchSize, rate!).Settings;
        var job = new TrainingJob("by hand", SettingsText.Write(settings), stage, replicas, dataRoot, folder, checkpointSeconds, resume is null ? [] : [resume], "cpu");
        var request = new TrainingRequests().Check(job);
        using var run = new TrainingRun(request.Value ?? throw new InvalidOperationException(string.Join("; ", request.Errors)), this, time);
        var (step, skipped) = run.Begin(job.Checkpoints);
        skipped.ToList().ForEach(s => Console.Error.WriteLine($"skipped {s}"));
        Console.Error.WriteLine($"{settings.Dataset}, m = {batchSize}, base learning rate {rate}, {settings.Updates} updates, from step {step}");
        foreach (var outcome in run.Train()!)
        {
            Console.Out.WriteLine(outcome);
        }

        Console.Error.WriteLine($"{run.Elapsed.TotalSeconds:F1} s");
        return 0;
    }

    /// <inheritdoc/>
    public void Progressed(long step, double imagesPerSecond)
    {
    }

    /// <inheritdoc/>
    public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy) =>
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch}, step {step}, {imagesPerSecond:F0} images/s, test accuracy {string.Join(" ", testAccuracy.Select(a => a is { } v ? $"{v:P1}" : "diverged"))}"));

    /// <inheritdoc/>
    public void CheckpointWritten(string path, long step, string sha256, long bytes) => Console.Error.WriteLine($"checkpoint at step {step}: {path}");
}
