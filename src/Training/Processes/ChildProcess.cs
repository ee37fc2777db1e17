using System.Collections.Concurrent;
using System.Diagnostics;

namespace SmallBatch.Training.Processes;

/// <summary>
/// Starts processes from one thread that lives as long as this process: to Linux the parent of a process is the thread that
/// started it, and a thread of the pool may end any time. Compiled by every program that has children.
/// </summary>
internal static class ChildProcess
{
    private static readonly Lazy<BlockingCollection<Action>> Starts = new(Begin);

    /// <summary>Starts it. Throws what <see cref="Process.Start(ProcessStartInfo)"/> throws.</summary>
    public static Process Start(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>();
        Starts.Value.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} could not be started."));
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Action> Begin()
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "parent of all children" }.Start();
        return starts;
    }
}
