using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using SmallBatch.Training.Loop;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Training.Serving;

/// <summary>
/// Speaks the protocol: one thread reads requests, the caller's thread trains. End of input ends the process at once,
/// whatever the training thread does in native code, so that a trainer never outlives its silo.
/// </summary>
internal sealed class TrainerServer(Stream output, TextReader input, TimeProvider time) : IDisposable
{
    private readonly BlockingCollection<TrainingJob> jobs = [];
    private readonly ConcurrentDictionary<string, bool> stops = new();
    private readonly StreamWriter writer = new(output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Serves until its input ends.</summary>
    public void Run()
    {
        new Thread(Read) { IsBackground = true, Name = "requests" }.Start();
        Say(new TrainerReady(TrainerProtocol.Version, TrainerDevices.List()));
        var requests = new TrainingRequests();
        foreach (var job in jobs.GetConsumingEnumerable())
        {
            Train(job, requests);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        jobs.Dispose();
    }

    private void Read()
    {
        while (input.ReadLine() is { } line)
        {
            try
            {
                Take(TrainerProtocol.ReadRequest(line));
            }
            catch (JsonException failure)
            {
                Console.Error.WriteLine($"ignored a line that is no request: {failure.Message}");
            }
        }

        LibC.ExitNow(0);
    }

    private void Take(TrainerRequest request)
    {
        switch (request)
        {
            case StartTraining { Jobs: [var job] }:
                stops.TryRemove(job.Job, out _);
                jobs.Add(job);
                break;
            case StartTraining bundle:
                foreach (var job in bundle.Jobs)
                {
                    Say(new TrainingRefused(job.Job, [$"jobs: found {bundle.Jobs.Count}, wanted 1: this trainer takes one configuration at a time"]));
                }

                break;
            case StopTraining stop:
                stops[stop.Job] = stop.Checkpoint;
                break;
            default:
                Console.Error.WriteLine($"ignored an unknown request {request.GetType().Name}");
                break;
        }
    }

    private void Train(TrainingJob job, TrainingRequests requests)
    {
        var request = requests.Check(job);
        if (request.Value is null)
        {
            Say(new TrainingRefused(job.Job, [.. request.Errors.Select(e => e.ToString())]));
            return;
        }

        using var run = new TrainingRun(request.Value, new Observer(this, job.Job, request.Value.Settings.Epochs), time);
        var (step, skipped) = run.Begin(job.Checkpoints);
        Say(new TrainingStarted(job.Job, step, skipped));
        var outcomes = run.Train();
        stops.TryRemove(job.Job, out _);
        Say(outcomes is null
            ? new TrainingStopped(job.Job, run.Step, run.Elapsed.TotalSeconds)
            : new TrainingCompleted(job.Job, run.Step, run.Elapsed.TotalSeconds, outcomes));
    }

    private void Say(TrainerNotice notice)
    {
        var line = TrainerProtocol.Write(notice);
        lock (writer)
        {
            writer.WriteLine(line);
        }
    }

    private sealed class Observer(TrainerServer server, string job, int epochs) : IRunObserver
    {
        public bool? StopRequested => server.stops.TryGetValue(job, out var checkpoint) ? checkpoint : null;

        public void Progressed(long step, double imagesPerSecond) => server.Say(new TrainingProgressed(job, step, imagesPerSecond));

        public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy) =>
            server.Say(new EpochEnded(job, epoch, epochs, step, imagesPerSecond, testAccuracy));

        public void CheckpointWritten(string path, long step, string sha256, long bytes) =>
            server.Say(new CheckpointWritten(job, path, step, sha256, bytes));
    }
}
