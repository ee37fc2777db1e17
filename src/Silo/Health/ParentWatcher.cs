using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using SmallBatch.Silo.Settings;

namespace SmallBatch.Silo.Health;

/// <summary>For a silo that another program started: it ends when that program does, however it dies, and leaves Ctrl-C to it.</summary>
internal sealed class ParentWatcher(IOptions<ParentSettings> settings) : IHostedService, IDisposable
{
    private PosixSignalRegistration? interrupts;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Value.EndWithInput)
        {
            interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            new Thread(WatchInput) { IsBackground = true, Name = "parent" }.Start();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => interrupts?.Dispose();

    private static void WatchInput()
    {
        while (Console.In.Read() >= 0)
        {
            // Nothing is said here; only the end counts.
        }

        // The parent is gone and takes its store along: there is nothing to drain to. What is committed is safe, and
        // trainers end with their own input.
        Process.GetCurrentProcess().Kill();
    }
}
