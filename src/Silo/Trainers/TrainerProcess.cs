using System.Text.Json;
using System.Threading.Channels;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>One running trainer: requests in, notices out, its log lines, its end.</summary>
internal sealed class TrainerProcess : IDisposable
{
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);
    private readonly IRunningTrainer trainer;
    private readonly long outOfMemoryKills = OutOfMemoryKills.Count();
    private readonly Channel<TrainerNotice> notices = Channel.CreateUnbounded<TrainerNotice>(new() { SingleReader = true });

    private readonly Task logRead;
    private string lastLine = "";

    private TrainerProcess(IRunningTrainer trainer)
    {
        this.trainer = trainer;
        Id = trainer.ProcessId;
        _ = ReadNoticesAsync();
        logRead = ReadLogAsync();
    }

    /// <summary>Takes each line of its log; set it before a job starts.</summary>
    public Action<string> Log { get; set; } = _ => { };

    /// <summary>Everything it says, in order; completes when it has ended.</summary>
    public ChannelReader<TrainerNotice> Notices => notices.Reader;

    /// <summary>Whether it can take another job.</summary>
    public bool IsAlive => !trainer.HasExited;

    /// <summary>Its process id, also once it has ended and is disposed of.</summary>
    public int Id { get; }

    /// <summary>Starts one and waits for its first word. Throws <see cref="TrainerNotStartedException"/> where it has none.</summary>
    public static async Task<TrainerProcess> StartAsync(ITrainerProgram program, int niceness, Action<string> log, CancellationToken cancellationToken)
    {
        var trainer = new TrainerProcess(program.Start("serve", "--nice", $"{niceness}")) { Log = log };
        try
        {
            if (await trainer.notices.Reader.ReadAsync(cancellationToken) is not TrainerReady ready || ready.ProtocolVersion != TrainerProtocol.Version)
            {
                throw new InvalidDataException($"{program.Path} does not speak protocol version {TrainerProtocol.Version}; install the trainer of this silo's release.");
            }

            return trainer;
        }
        catch (InvalidDataException)
        {
            trainer.Dispose();
            throw;
        }
        catch (Exception failure)
        {
            var how = await trainer.EndAsync();
            trainer.Dispose();
            var late = failure is OperationCanceledException;
            throw new TrainerNotStartedException($"{program.Path} did not start: {(late ? "no word in time" : how.Text)}.", late || how.ByItself, failure);
        }
    }

    /// <summary>Sends a request; a trainer that has ended does not hear it, and its end is told by <see cref="Notices"/>.</summary>
    public async Task SendAsync(TrainerRequest request)
    {
        try
        {
            await trainer.Input.WriteLineAsync(TrainerProtocol.Write(request));
            await trainer.Input.FlushAsync();
        }
        catch (IOException)
        {
            // It ended; the reader of its notices finds out.
        }
    }

    /// <summary>Kills it.</summary>
    public void Kill() => trainer.Kill();

    /// <summary>Waits for its end, killing it if need be, and says how it ended and whether that was its own doing.</summary>
    public async Task<TrainerEnd> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        int exitCode;
        try
        {
            exitCode = await trainer.ExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            exitCode = await trainer.ExitAsync(CancellationToken.None);
        }

        // Its last line says why it ended; a process of its own that outlives it would keep the stream open.
        await logRead.WaitAsync(LogPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return TrainerEnd.Of(Id, exitCode, outOfMemoryKills < OutOfMemoryKills.Count(), lastLine);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        trainer.Dispose();
    }

    private async Task ReadNoticesAsync()
    {
        try
        {
            while (await trainer.Output.ReadLineAsync() is { } line)
            {
                try
                {
                    notices.Writer.TryWrite(TrainerProtocol.ReadNotice(line));
                }
                catch (JsonException failure)
                {
                    Log($"ignored a line that is no notice ({failure.Message}): {line}");
                }
            }
        }
        finally
        {
            notices.Writer.TryComplete();
        }
    }

    private async Task ReadLogAsync()
    {
        while (await trainer.Log.ReadLineAsync() is { } line)
        {
            lastLine = line;
            Log(line);
        }
    }
}
