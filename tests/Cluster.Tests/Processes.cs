using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SmallBatch.Cluster.Tests;

/// <summary>Real processes: who started whom, and how they end.</summary>
internal static partial class Processes
{
    public const int Interrupt = 2;
    public const int KillSignal = 9;
    public const int ContinueSignal = 18;
    public const int StopSignal = 19;
    private const int SegmentationFault = 11;

    /// <summary>Every descendant of a process that lives, with its command line.</summary>
    public static IReadOnlyList<(int Id, string Command)> Descendants(int parent)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!, CultureInfo.InvariantCulture))
            .Select(id => (Id: id, Stat: Read($"/proc/{id}/stat"), Command: Read($"/proc/{id}/cmdline").Replace('\0', ' ')))
            .Where(p => p.Stat.Length > 0)
            .Select(p => (p.Id, Fields: p.Stat[(p.Stat.LastIndexOf(')') + 2)..].Split(' '), p.Command))
            .Where(p => p.Fields[0] != "Z")
            .ToList();
        var found = new List<(int, string)>();
        var parents = new Queue<int>([parent]);
        while (parents.TryDequeue(out var next))
        {
            foreach (var child in all.Where(p => p.Fields[1] == next.ToString(CultureInfo.InvariantCulture)))
            {
                found.Add((child.Id, child.Command));
                parents.Enqueue(child.Id);
            }
        }

        return found;
    }

    /// <summary>The trainers that a silo has started.</summary>
    public static IReadOnlyList<int> Trainers(int silo) => [.. Descendants(silo).Where(p => p.Command.Contains("SmallBatch.Training", StringComparison.Ordinal)).Select(p => p.Id)];

    /// <summary>Whether a process lives: not gone, and no zombie.</summary>
    public static bool Lives(int id) => Read($"/proc/{id}/stat") is { Length: > 0 } stat && stat[stat.LastIndexOf(')') + 2] != 'Z';

    public static void Signal(int id, int signal) => Assert.Equal(0, Kill(id, signal));

    /// <summary>Ends a .NET process as a crash of its own would. Its handler lets the first such signal pass, and steps aside.</summary>
    public static Task CrashAsync(int id) => UntilAsync(() => Task.FromResult(!Lives(id) || Kill(id, SegmentationFault) != 0), $"{id} has crashed");

    /// <summary>Waits until a condition holds, looking every 20 ms; fails with the words after three minutes, since the machine may be busy.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var patience = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(3), $"waited three minutes until {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
