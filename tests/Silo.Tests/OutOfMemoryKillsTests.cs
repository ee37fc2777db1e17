using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Tests;

public sealed class OutOfMemoryKillsTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("smallbatch-cgroup-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_kill_is_counted_in_the_own_control_group_of_either_version_else_on_the_machine()
    {
        var machine = Write("vmstat", "nr_free_pages 5\noom_kill 7");
        Assert.Equal(0, OutOfMemoryKills.Count(root, [], Path.Combine(root, "none")));
        Assert.Equal(7, OutOfMemoryKills.Count(root, ["0::/pod/silo", "3:cpu:/pod/silo"], machine));
        Write("memory.events", "oom 9\noom_kill 6");
        Assert.Equal(6, OutOfMemoryKills.Count(root, ["0::/pod/silo"], machine));
        Assert.Equal(6, OutOfMemoryKills.Count(root, ["0::/"], machine));
        Write("pod/silo/memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0");
        Assert.Equal(2, OutOfMemoryKills.Count(root, ["0::/pod/silo"], machine));
        Write("memory/pod/silo/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1");
        Assert.Equal(1, OutOfMemoryKills.Count(root, ["4:hugetlb,memory:/pod/silo", "0::/pod/silo"], machine));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
