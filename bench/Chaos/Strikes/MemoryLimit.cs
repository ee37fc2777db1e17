using System.Diagnostics;
using System.Globalization;
using SmallBatch.Bench.Chaos.Silos;

namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>
/// Has the kernel kill processes for want of memory: they are put into a memory cgroup beside a program that eats all of it,
/// and are named as those to be killed first.
/// </summary>
internal static class MemoryLimit
{
    private const string Controller = "/sys/fs/cgroup/memory";
    private const long LimitBytes = 64 << 20;
    private const string FirstToDie = "1000";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Why it cannot be done here; null where it can.</summary>
    public static string? Refusal()
    {
        var folder = Folder("trial");
        try
        {
            if (!File.Exists($"{Controller}/memory.limit_in_bytes"))
            {
                return $"no memory controller of cgroup version 1 at {Controller}";
            }

            Directory.CreateDirectory(folder);
            Directory.Delete(folder);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"no memory cgroup can be made: {failure.Message}";
        }
    }

    /// <summary>Has them killed; whether they are dead in time.</summary>
    public static async Task<bool> KillAsync(IReadOnlyList<int> processes, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Folder($"{time.GetTimestamp()}")).FullName;
        await File.WriteAllTextAsync($"{folder}/memory.limit_in_bytes", LimitBytes.ToString(CultureInfo.InvariantCulture), cancellationToken);
        foreach (var id in processes.Where(Processes.Lives))
        {
            await File.WriteAllTextAsync($"/proc/{id}/oom_score_adj", FirstToDie, cancellationToken);
            await File.WriteAllTextAsync($"{folder}/cgroup.procs", id.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }

        using var eater = Process.Start(new ProcessStartInfo("sh", ["-c", $"echo $$ > {folder}/cgroup.procs && exec tail /dev/zero"]) { RedirectStandardError = true })!;
        var since = time.GetTimestamp();
        while (processes.Any(Processes.Lives) && time.GetElapsedTime(since) < limit)
        {
            await Task.Delay(Look, time, cancellationToken);
        }

        // The kernel may have come to it as well.
        eater.Kill();
        await eater.WaitForExitAsync(cancellationToken);
        var dead = !processes.Any(Processes.Lives);
        foreach (var id in processes.Where(Processes.Lives))
        {
            await File.WriteAllTextAsync($"{Controller}/cgroup.procs", id.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }

        await RemoveAsync(folder, limit, time, cancellationToken);
        return dead;
    }

    /// <summary>A group is busy for as long as a process that was killed in it has not quite left.</summary>
    private static async Task RemoveAsync(string folder, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var since = time.GetTimestamp(); ; await Task.Delay(Look, time, cancellationToken))
        {
            try
            {
                Directory.Delete(folder);
                return;
            }
            catch (IOException) when (time.GetElapsedTime(since) < limit)
            {
            }
        }
    }

    private static string Folder(string name) => $"{Controller}/smallbatch-chaos-{Environment.ProcessId}-{name}";
}
