using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using SmallBatch.Client.Cluster;
using SmallBatch.Training.Processes;

namespace SmallBatch.Client.Running;

/// <summary>How a silo is started.</summary>
internal sealed record SiloStart(string ConnectionString, ClusterAddress Address, int SiloPort, int HttpPort, string? DataRoot, string WorkRoot, string LogFile, IReadOnlyList<string> Settings)
{
    /// <summary>A command that runs the silo in its own place, under the same process number: <c>ip netns exec NAME</c>, say. Default none.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];
}

/// <summary>A silo of our own: it drains when asked to stop, and ends when this process does, however this process dies.</summary>
internal sealed partial class SiloProcess : IAsyncDisposable
{
    private const string FileName = "SmallBatch.Silo";
    private const int Terminate = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly SiloStart start;
    private readonly StreamWriter log;

    private SiloProcess(Process process, SiloStart start, StreamWriter log)
    {
        (this.process, this.start, this.log) = (process, start, log);
        Ended = process.WaitForExitAsync();
    }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended { get; }

    /// <summary>Its process id.</summary>
    public int ProcessId => process.Id;

    /// <summary>The program: the one that SMALLBATCH_SILO names, else the sibling folder <c>Silo</c> of this program's own.</summary>
    public static string Program
    {
        get
        {
            if (Environment.GetEnvironmentVariable("SMALLBATCH_SILO") is { Length: > 0 } set)
            {
                return set;
            }

            var own = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(own.Parent!.Parent!.FullName, "Silo", own.Name, OperatingSystem.IsWindows() ? $"{FileName}.exe" : FileName);
        }
    }

    /// <summary>The program, which is there. Throws <see cref="InvalidOperationException"/> where it is not.</summary>
    public static string Installed() => File.Exists(Program)
        ? Program
        : throw new InvalidOperationException($"The silo: found no file {Program}, wanted the program; build src/Silo, or name it by SMALLBATCH_SILO.");

    /// <summary>Starts it and waits until it is ready. Throws <see cref="InvalidOperationException"/> with the log's tail where it ends instead.</summary>
    public static async Task<SiloProcess> StartAsync(SiloStart start, CancellationToken cancellationToken)
    {
        _ = Installed();
        var log = new StreamWriter(new FileStream(start.LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var silo = new SiloProcess(ChildProcess.Start(Info(start)), start, log);
        silo.process.OutputDataReceived += (_, line) => silo.Write(line.Data);
        silo.process.ErrorDataReceived += (_, line) => silo.Write(line.Data);
        silo.process.BeginOutputReadLine();
        silo.process.BeginErrorReadLine();
        try
        {
            await silo.WaitUntilReadyAsync(cancellationToken);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Address of its page.</summary>
    public string Page => $"http://{start.Address.Host}:{start.HttpPort}/";

    /// <summary>Address of its health answers: <c>/live</c>, <c>/ready</c>.</summary>
    public string Health => $"{Page}health";

    /// <summary>The last lines of its log.</summary>
    public string Tail(int lines)
    {
        lock (log)
        {
            return string.Join('\n', File.ReadLines(start.LogFile).TakeLast(lines));
        }
    }

    /// <summary>Asks it to drain, and waits.</summary>
    public async Task StopAsync()
    {
        if (process.HasExited)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            // No signal asks a process to stop there; what is committed is safe.
            process.Kill();
        }
        else
        {
            _ = Signal(process.Id, Terminate);
        }

        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Kills it at once.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
        lock (log)
        {
            log.Dispose();
        }
    }

    internal static ProcessStartInfo Info(SiloStart start)
    {
        var gateway = start.Address.Gateway[(start.Address.Gateway.LastIndexOf(':') + 1)..];
        string[] command = [.. start.Launcher, Program];
        var info = new ProcessStartInfo(
            command[0],
            [
                .. command[1..],
                $"--Cluster:ClusterId={start.Address.ClusterId}", $"--Cluster:ServiceId={start.Address.ServiceId}",
                $"--Endpoints:Address={start.Address.Host}", $"--Endpoints:SiloPort={start.SiloPort}", $"--Endpoints:GatewayPort={gateway}", $"--Endpoints:HttpPort={start.HttpPort}",
                $"--Trainer:WorkRoot={start.WorkRoot}", "--Parent:EndWithInput=true", $"--Parent:ProcessId={Environment.ProcessId}",
                .. start.DataRoot is { } data ? new[] { $"--Trainer:DataRoot={Path.GetFullPath(data)}" } : [], .. start.Settings,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // A secret in general: arguments are seen by every user of the machine, the environment is not.
        info.Environment["SMALLBATCH_Storage__ConnectionString"] = start.ConnectionString;
        return info;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var answered = "it did not answer";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (process.HasExited)
            {
                // Its last lines may still be on their way.
                await process.WaitForExitAsync(cancellationToken);
                throw new InvalidOperationException($"The silo ended at its start with exit code {process.ExitCode}; its log {start.LogFile} ends:\n{Tail(12)}");
            }

            try
            {
                var answer = await http.GetAsync(new Uri($"{Health}/ready"), limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }

                answered = await answer.Content.ReadAsStringAsync(limit.Token);
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The silo was not ready within {StartLimit.TotalSeconds:F0} s: {answered}; its log {start.LogFile} ends:\n{Tail(12)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private void Write(string? line)
    {
        lock (log)
        {
            if (line is not null && log.BaseStream is not null)
            {
                log.WriteLine(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
