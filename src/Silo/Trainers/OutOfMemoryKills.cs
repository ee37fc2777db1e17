namespace SmallBatch.Silo.Trainers;

/// <summary>How often the kernel has killed a process for want of memory: in this container, else on this machine.</summary>
internal static class OutOfMemoryKills
{
    private static readonly string[] Counters = ["/sys/fs/cgroup/memory.events", "/proc/vmstat"];

    /// <summary>The count so far; 0 where no counter can be read.</summary>
    public static long Count()
    {
        foreach (var file in Counters.Where(File.Exists))
        {
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
            if (line is not null && long.TryParse(line["oom_kill ".Length..], out var count))
            {
                return count;
            }
        }

        return 0;
    }
}
