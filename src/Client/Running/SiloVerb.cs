using System.Diagnostics;
using SmallBatch.Training.Processes;

namespace SmallBatch.Client.Running;

/// <summary>A verb of the silo program, which knows the store, run to its end: what it prints is printed.</summary>
internal static class SiloVerb
{
    /// <summary>Runs it. Answers its exit code. It is killed where this is cancelled, and ends with this process.</summary>
    /// <param name="arguments">The verb, and what follows it.</param>
    /// <param name="connectionString">The store; null for the one that the environment names.</param>
    /// <param name="say">Takes each line of its output.</param>
    /// <param name="complain">Takes each line of its errors.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, string? connectionString, Action<string> say, Action<string> complain, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(SiloProcess.Installed(), [.. arguments, $"--Parent:ProcessId={Environment.ProcessId}"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (connectionString is not null)
        {
            start.Environment["SMALLBATCH_Storage__ConnectionString"] = connectionString;
        }

        using var process = ChildProcess.Start(start);
        process.OutputDataReceived += (_, line) => Take(line.Data, say);
        process.ErrorDataReceived += (_, line) => Take(line.Data, complain);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static void Take(string? line, Action<string> take)
    {
        if (line is not null)
        {
            take(line);
        }
    }
}
