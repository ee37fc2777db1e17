using System.Globalization;
using SmallBatch.Specs;
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
    public int Run(IReadOnlyDictionary<string, string> options)
    {
        var errors = new List<SpecError>();
        var arguments = TrainArguments.Read(options, errors);
        var draft = SweepDraft.Load(arguments.Spec);
        var dataset = draft.Dataset is { } named ? DatasetCatalog.Inspect(named, arguments.DataRoot) : null;
        var plan = SweepPlan.Of(draft with { Spec = draft.Spec is { } spec ? spec with { BatchSizes = [arguments.BatchSize] } : null }, dataset);
        if (options.ContainsKey("--spec"))
        {
            errors.AddRange(plan.Errors);
        }

        if (errors.Count > 0)
        {
            errors.ForEach(e => Console.Error.WriteLine(e));
            return 2;
        }

        try
        {
            return Train(arguments, plan.Value!.Cell(arguments.BatchSize, arguments.Rate!).Settings);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{failure.Message} Or name another folder than {arguments.Folder} by --out; two runs of one cell cannot share one.");
            return 1;
        }
    }

    /// <inheritdoc/>
    public void Progressed(long step, double imagesPerSecond)
    {
    }

    /// <inheritdoc/>
    public void Worked(long step, long batches)
    {
    }

    /// <inheritdoc/>
    public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy) =>
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {epoch}, step {step}, {imagesPerSecond:F0} images/s, test accuracy {string.Join(" ", testAccuracy.Select(a => a is { } v ? $"{v:P1}" : "diverged"))}"));

    /// <inheritdoc/>
    public void CheckpointWritten(string path, long step, string sha256, long bytes, double seconds) => Console.Error.WriteLine($"checkpoint at step {step}: {path}");

    private int Train(TrainArguments arguments, TrainingSettings settings)
    {
        Directory.CreateDirectory(arguments.Folder);
        var job = new TrainingJob(
            "by hand", SettingsText.Write(settings), arguments.Stage, arguments.Replicas, arguments.DataRoot, arguments.Folder, arguments.CheckpointSeconds, arguments.Resume is null ? [] : [arguments.Resume], arguments.Device);
        var request = new TrainingRequests().Check(job);
        var found = request.Value ?? throw new InvalidOperationException(string.Join("; ", request.Errors));
        var task = new TrainingTask(found);
        using var run = new ConfigurationRun(found, task, this, time);
        var (step, skipped) = run.Begin(job.Checkpoints);
        if (skipped.Count > 0)
        {
            // Who names a checkpoint does not want to begin anew.
            Console.Error.WriteLine($"--resume: {skipped[0]}; without --resume it begins anew");
            return 2;
        }

        Console.Error.WriteLine($"{settings.Dataset}, m = {arguments.BatchSize}, base learning rate {arguments.Rate}, {settings.Updates} updates, from step {step}");
        using (var training = new TrainingRun(task, [run], GroupSizing.Of(task), time))
        {
            training.Train(_ => { });
        }

        foreach (var outcome in run.Outcomes)
        {
            Console.Out.WriteLine(outcome);
        }

        Console.Error.WriteLine($"{run.Elapsed.TotalSeconds:F1} s");
        return 0;
    }
}
