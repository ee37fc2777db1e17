using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SmallBatch.Bench.Chaos.Silos;

/// <summary>Real processes: who started whom, and how they end.</summary>
internal static partial class Processes
{
    public const int Interrupt = 2;
    public const int KillSignal = 9;
    public const int Terminate = 15;
    public const int ContinueSignal = 18;
    public const int StopSignal = 19;
    private const int SegmentationFault = 11;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

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

    /// <summary>The trainers of a silo.</summary>
    public static IReadOnlyList<int> Trainers(int silo) =>
        [.. Descendants(silo).Where(p => p.Command.Contains("SmallBatch.Training", StringComparison.Ordinal) && p.Command.Contains("serve", StringComparison.Ordinal)).Select(p => p.Id)];

    /// <summary>Whether a process lives: not gone, and no zombie.</summary>
    public static bool Lives(int id) => Read($"/proc/{id}/stat") is { Length: > 0 } stat && stat[stat.LastIndexOf(')') + 2] != 'Z';

    /// <summary>Sends a signal to a process that must be there.</summary>
    public static void Signal(int id, int signal)
    {
        if (!TrySignal(id, signal))
        {
            throw new InvalidOperationException($"Process {id} could not be sent signal {signal}: it is gone.");
        }
    }

    /// <summary>Ends a .NET process as a crash of its own would. Its handler lets the first such signal pass, and steps aside.</summary>
    public static Task CrashAsync(int id) => UntilAsync(() => Task.FromResult(!Lives(id) || !TrySignal(id, SegmentationFault)), $"{id} has crashed");

    /// <summary>Sends a signal; false where the process is gone.</summary>
    public static bool TrySignal(int id, int signal) => Kill(id, signal) == 0;

    /// <summary>Waits until a condition holds, looking every 50 ms. Throws <see cref="TimeoutException"/> with the words after three minutes, since the machine may be busy.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var patience = Stopwatch.StartNew();
        while (!await condition())
        {
            if (patience.Elapsed > Patience)
            {
                throw new TimeoutException($"waited three minutes until {what}");
            }

            await Task.Delay(Look);
        }
    }

    /// <summary>Runs a command to its end; answers its exit code and what it printed, errors included.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, output + await errors);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            return (127, $"{program}: {failure.Message}");
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
