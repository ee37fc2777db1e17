using System.Globalization;

namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>What a process has used, as the kernel says.</summary>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="ResidentBytes">Memory.</param>
internal readonly record struct ProcessMeter(double CpuSeconds, long ResidentBytes)
{
    private const double TicksPerSecond = 100;

    /// <summary>Now.</summary>
    public static ProcessMeter Of(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var memory = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1];
        return new((Number(fields[11]) + Number(fields[12])) / TicksPerSecond, Number(memory) * 1024);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
