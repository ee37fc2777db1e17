using System.Diagnostics;
using SmallBatch.Training.Processes;

namespace SmallBatch.Client.Azurite;

/// <summary>An Azurite of our own: it ends when this process does, however this process dies.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    /// <summary>The emulator's key, the same for everybody and no secret.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    /// <summary>Of util-linux, which most systems have; in its place it runs the program, under the same process number.</summary>
    private const string WakingProgram = "setpriv";
    private readonly Process process;

    private AzuriteProcess(Process process, AzuriteOptions options)
    {
        (this.process, Options) = (process, options);
        Ended = process.WaitForExitAsync();
    }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended { get; }

    /// <summary>How it was started, with the ports that were chosen: start it with these again to have it back.</summary>
    public AzuriteOptions Options { get; }

    /// <summary>Its process id.</summary>
    public int ProcessId => process.Id;

    /// <summary>Connection string for every client.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://{Options.Host}:{Options.BlobPort}/{Account};"
        + $"QueueEndpoint=http://{Options.Host}:{Options.QueuePort}/{Account};TableEndpoint=http://{Options.Host}:{Options.TablePort}/{Account};";

    /// <summary>Starts it and waits until it answers. Throws with what is missing and what to do.</summary>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions options, CancellationToken cancellationToken = default)
    {
        var (script, child) = AzuriteLocation.Find();
        var free = FreePorts.Take(3);
        options = options with
        {
            BlobPort = options.BlobPort == 0 ? free[0] : options.BlobPort,
            QueuePort = options.QueuePort == 0 ? free[1] : options.QueuePort,
            TablePort = options.TablePort == 0 ? free[2] : options.TablePort,
        };
        foreach (var port in new[] { options.BlobPort, options.QueuePort, options.TablePort }.Where(p => !FreePorts.IsFree(p)))
        {
            throw new SetupException($"Azurite: port {port} is in use; end the program that listens there, or choose another.");
        }

        var started = new AzuriteProcess(Launch(script, child, options), options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            while (!await FreePorts.AnswersAsync(options.Host, options.BlobPort, limit.Token) || !await FreePorts.AnswersAsync(options.Host, options.TablePort, limit.Token))
            {
                if (started.process.HasExited)
                {
                    throw new InvalidOperationException($"Azurite ended at its start with exit code {started.process.ExitCode}.");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }

            return started;
        }
        catch
        {
            started.Kill();
            throw;
        }
    }

    /// <summary>Ends it with its files written.</summary>
    public async Task StopAsync()
    {
        if (process.HasExited)
        {
            return;
        }

        // The end of its input is its order to stop (child.cjs).
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }
    }

    /// <summary>Kills it at once: its last seconds are lost, as a machine's would be.</summary>
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
    }

    private static Process Launch(string script, string child, AzuriteOptions options)
    {
        string[] quiet = options.Heard is null ? ["--silent"] : [];
        string[] place = options.Folder is { } folder ? ["--location", folder] : ["--inMemoryPersistence"];
        // The end of its input stops it with its files written. Frozen it does not see that: so its parent's death wakes it.
        string[] waking = OperatingSystem.IsLinux() && NodeProgram.IsThere(WakingProgram) ? [WakingProgram, "--pdeathsig", "CONT", NodeProgram.Name] : [NodeProgram.Name];
        var start = new ProcessStartInfo(
            waking[0],
            [
                .. waking[1..], "--require", child, script, .. quiet, "--disableTelemetry", "--skipApiVersionCheck",
                "--blobHost", options.Host, "--blobPort", $"{options.BlobPort}", "--queueHost", options.Host, "--queuePort", $"{options.QueuePort}",
                "--tableHost", options.Host, "--tablePort", $"{options.TablePort}", .. place,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var process = ChildProcess.Start(start);
        // Where nobody wants to know what it prints, a full pipe would stop it all the same.
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                options.Heard?.Invoke(text);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
