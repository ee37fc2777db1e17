using System.Globalization;

namespace SmallBatch.Bench;

/// <summary>The machine that a benchmark runs on, as the first line above its figures has it.</summary>
internal static class Machine
{
    /// <summary>Date (UTC), processor, cores, the load of the last minute, which is other work's where it is asked for before anything is measured, and whether the figures are rough.</summary>
    public static string Line(bool quick)
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "unknown processor";
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {processor}, {Environment.ProcessorCount} cores, load {load} before{(quick ? ", --quick" : "")}");
    }
}
