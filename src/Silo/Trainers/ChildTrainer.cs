using System.Diagnostics;

namespace SmallBatch.Silo.Trainers;

/// <summary>A trainer that is a child process.</summary>
internal sealed class ChildTrainer(Process process) : IRunningTrainer
{
    /// <inheritdoc/>
    public int ProcessId { get; } = process.Id;

    /// <inheritdoc/>
    public TextWriter Input => process.StandardInput;

    /// <inheritdoc/>
    public TextReader Output => process.StandardOutput;

    /// <inheritdoc/>
    public TextReader Log => process.StandardError;

    /// <inheritdoc/>
    public bool HasExited => process.HasExited;

    /// <inheritdoc/>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public void Kill()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();
}
