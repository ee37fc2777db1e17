using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using SmallBatch.Specs.Settings;
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
    private readonly BlockingCollection<StartTraining> bundles = [];
    private readonly ConcurrentDictionary<string, bool> stops = new();
    private readonly StreamWriter writer = new(output, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Serves until its input ends.</summary>
    public void Run()
    {
        new Thread(Read) { IsBackground = true, Name = "requests" }.Start();
        Say(new TrainerReady(TrainerProtocol.Version, TrainerDevices.List()));
        var requests = new TrainingRequests();
        foreach (var bundle in bundles.GetConsumingEnumerable())
        {
            Train(bundle, requests);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        bundles.Dispose();
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
            case StartTraining bundle:
                foreach (var job in bundle.Jobs)
                {
                    stops.TryRemove(job.Job, out _);
                }

                bundles.Add(bundle);
                break;
            case StopTraining stop:
                stops[stop.Job] = stop.Checkpoint;
                break;
            default:
                Console.Error.WriteLine($"ignored an unknown request {request.GetType().Name}");
                break;
        }
    }

    private void Train(StartTraining bundle, TrainingRequests requests)
    {
        TrainingTask? task = null;
        TrainingSettings? shared = null;
        var jobs = new Dictionary<ConfigurationRun, string>();
        try
        {
            foreach (var job in bundle.Jobs)
            {
                if (job.Trace is { } trace)
                {
                    Console.Error.WriteLine($"{job.Job} is span {trace}");
                }

                var request = requests.Check(job);
                if (request.Value is not { } found)
                {
                    Say(new TrainingRefused(job.Job, [.. request.Errors.Select(e => e.ToString())]));
                    continue;
                }

                if (shared is not null && !TrainingTask.Shared(shared, found.Settings))
                {
                    Say(new TrainingRefused(job.Job, ["jobs: found settings that differ in more than base learning rate and seed, wanted configurations that share their steps"]));
                    continue;
                }

                shared ??= found.Settings;
                task ??= new(found);
                var run = new ConfigurationRun(found, task, new Observer(this, job.Job, found.Settings.Epochs), time);
                jobs.Add(run, job.Job);
                var (step, skipped) = run.Begin(job.Checkpoints, job.Shorter);
                Say(new TrainingStarted(job.Job, step, skipped));
            }

            if (task is not null)
            {
                using var training = new TrainingRun(task, [.. jobs.Keys], GroupSizing.Of(task), time);
                training.Train(run => End(run, jobs[run]));
            }
        }
        catch (InvalidDataException damage)
        {
            // An image that does not fit its checksum, found as it was first read: tomorrow it will not either.
            foreach (var (run, job) in jobs.Where(j => j.Key is { Ended: false, Stopped: false }))
            {
                Say(new TrainingRefused(job, [damage.Message]));
            }
        }
        finally
        {
            foreach (var run in jobs.Keys)
            {
                run.Dispose();
            }
        }
    }

    private void End(ConfigurationRun run, string job)
    {
        stops.TryRemove(job, out _);
        Say(run.Stopped
            ? new TrainingStopped(job, run.Step, run.Elapsed.TotalSeconds)
            : new TrainingCompleted(job, run.Step, run.Elapsed.TotalSeconds, run.Outcomes));
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

        public void Worked(long step, long batches) => server.Say(new TrainerWorked(job, step, batches));

        public void EpochEnded(int epoch, long step, double imagesPerSecond, IReadOnlyList<double?> testAccuracy) =>
            server.Say(new EpochEnded(job, epoch, epochs, step, imagesPerSecond, testAccuracy));

        public void CheckpointWritten(string path, long step, string sha256, long bytes, double seconds) =>
            server.Say(new CheckpointWritten(job, path, step, sha256, bytes, seconds));
    }
}
