namespace SmallBatch.Silo.Trainers;

/// <summary>How often the kernel has killed a process for want of memory: in this process's own control group, in which its trainers are too, else on this machine.</summary>
internal static class OutOfMemoryKills
{
    private const string Machine = "/proc/vmstat";

    /// <summary>The count so far; 0 where no counter can be read.</summary>
    public static long Count() => Count("/sys/fs/cgroup", File.Exists("/proc/self/cgroup") ? File.ReadLines("/proc/self/cgroup") : [], Machine);

    /// <summary>The same from these places.</summary>
    /// <param name="root">Where control groups are mounted.</param>
    /// <param name="groups">Lines as the kernel writes them: <c>0::/PATH</c> (version 2), <c>N:memory:/PATH</c> (version 1).</param>
    /// <param name="machine">The counters of the machine.</param>
    public static long Count(string root, IEnumerable<string> groups, string machine)
    {
        foreach (var file in groups.SelectMany(g => Counters(root, g.Split(':', 3))).Concat([$"{root}/memory.events", $"{root}/memory/memory.oom_control", machine]).Where(File.Exists))
        {
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
            if (line is not null && long.TryParse(line["oom_kill ".Length..], out var count))
            {
                return count;
            }
        }

        return 0;
    }

    private static IEnumerable<string> Counters(string root, string[] group) => group switch
    {
        ["0", "", var path] => [$"{root}{path.TrimEnd('/')}/memory.events"],
        [_, var controllers, var path] when controllers.Split(',').Contains("memory") => [$"{root}/memory{path.TrimEnd('/')}/memory.oom_control"],
        _ => [],
    };
}
