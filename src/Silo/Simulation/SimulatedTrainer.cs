using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using SmallBatch.Silo.Trainers;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Simulation;

/// <summary>
/// A trainer that trains nothing, in this process: it speaks the trainers' protocol over streams of its own, dies as one does, and is killed as
/// one is. Whoever talks to it cannot tell but by its numerics class.
/// </summary>
internal sealed class SimulatedTrainer : IRunningTrainer
{
    private const int Killed = 128 + 9;
    private readonly Simulation simulation;
    private readonly TimeProvider time;
    private readonly Stream words;
    private readonly StreamWriter log;
    private readonly StreamReader requests;
    private readonly Channel<StartTraining> bundles = Channel.CreateUnbounded<StartTraining>();
    private readonly ConcurrentDictionary<string, bool> stops = new();
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource killed = new();
    private CancellationTokenSource stopping = new();

    public SimulatedTrainer(string[] arguments, Simulation simulation, TimeProvider time)
    {
        (this.simulation, this.time) = (simulation, time);
        (Pipe input, Pipe output, Pipe errors) = (Unbounded(), Unbounded(), Unbounded());
        Input = new StreamWriter(input.Writer.AsStream(), Utf8) { NewLine = "\n" };
        requests = new(input.Reader.AsStream(), Utf8);
        words = output.Writer.AsStream();
        Output = new StreamReader(output.Reader.AsStream(), Utf8);
        log = new(errors.Writer.AsStream(), Utf8) { AutoFlush = true, NewLine = "\n" };
        Log = new StreamReader(errors.Reader.AsStream(), Utf8);
        _ = LiveAsync(arguments);
    }

    /// <inheritdoc/>
    public int ProcessId => Environment.ProcessId;

    /// <inheritdoc/>
    public TextWriter Input { get; }

    /// <inheritdoc/>
    public TextReader Output { get; }

    /// <inheritdoc/>
    public TextReader Log { get; }

    /// <inheritdoc/>
    public bool HasExited => exit.Task.IsCompleted;

    private static UTF8Encoding Utf8 { get; } = new(false);

    /// <inheritdoc/>
    public Task<int> ExitAsync(CancellationToken cancellationToken) => exit.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Kill()
    {
        if (exit.TrySetResult(Killed))
        {
            killed.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        stopping.Dispose();
    }

    private async Task LiveAsync(string[] arguments)
    {
        await Task.Yield();
        try
        {
            exit.TrySetResult(await RunAsync(arguments.FirstOrDefault()));
        }
        catch (OperationCanceledException)
        {
            exit.TrySetResult(Killed);
        }
        catch (Exception failure)
        {
            // As the trainer's own program does: the log's last line says why it ended.
            await log.WriteLineAsync($"{failure.GetType().Name}: {failure.Message}");
            exit.TrySetResult(TrainerExit.Failed);
        }
        finally
        {
            await killed.CancelAsync();
            await words.DisposeAsync();
            await log.DisposeAsync();
        }
    }

    private async Task<int> RunAsync(string? verb)
    {
        switch (verb)
        {
            case "devices":
                Say(Ready());
                return 0;
            case "verify":
                // It makes its results up from the settings alone.
                Say(new DeviceVerified("cpu", [], 0));
                return 0;
            default:
                Say(Ready());
                var reading = ReadAsync();
                var serving = ServeAsync();
                await await Task.WhenAny(reading, serving);
                return 0;
        }
    }

    private TrainerReady Ready() => new(TrainerProtocol.Version, [new("cpu", "SIMULATED", simulation.NumericsClass, null)]);

    /// <summary>Takes requests until their end.</summary>
    private async Task ReadAsync()
    {
        while (await requests.ReadLineAsync(killed.Token) is { } line)
        {
            try
            {
                Take(TrainerProtocol.ReadRequest(line));
            }
            catch (JsonException failure)
            {
                await log.WriteLineAsync($"ignored a line that is no request: {failure.Message}");
            }
        }
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

                bundles.Writer.TryWrite(bundle);
                break;
            case StopTraining stop:
                stops[stop.Job] = stop.Checkpoint;
                Interlocked.Exchange(ref stopping, new()).Cancel();
                break;
            default:
                log.WriteLine($"ignored an unknown request {request.GetType().Name}");
                break;
        }
    }

    private async Task ServeAsync()
    {
        await foreach (var bundle in bundles.Reader.ReadAllAsync(killed.Token))
        {
            var trainings = new List<Task>();
            TrainingSettings? shared = null;
            foreach (var job in bundle.Jobs)
            {
                var request = SimulatedRequests.Check(job, shared);
                if (request.Value is { } settings)
                {
                    shared ??= settings;
                    trainings.Add(TrainAsync(job, settings));
                }
                else
                {
                    Say(new TrainingRefused(job.Job, [.. request.Errors.Select(e => e.ToString())]));
                }
            }

            await Task.WhenAll(trainings);
        }
    }

    private async Task TrainAsync(TrainingJob job, TrainingSettings settings)
    {
        await new SimulatedTraining(job, settings, simulation, time, Say).RunAsync(
            () => stops.TryGetValue(job.Job, out var checkpoint) ? checkpoint : null, () => Volatile.Read(ref stopping).Token, killed.Token);
        stops.TryRemove(job.Job, out _);
    }

    private void Say(TrainerNotice notice)
    {
        var line = Utf8.GetBytes(TrainerProtocol.Write(notice) + "\n");
        lock (words)
        {
            words.Write(line);
            words.Flush();
        }
    }

    /// <summary>Nobody waits for a reader, as with a process whose pipe is read all the time.</summary>
    private static Pipe Unbounded() => new(new(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));
}
