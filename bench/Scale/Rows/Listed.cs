using System.Diagnostics;
using SmallBatch.Bench.Scale.Cluster;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Row 10: the console lists a large sweep while it runs, from the start of the program to its end.</summary>
internal static class Listed
{
    private static readonly string[] Forms = ["table", "json", "csv"];

    /// <summary>The row; <paramref name="program"/> is the console.</summary>
    public static async Task ListAsync(ScaleTable table, bool quick, string program)
    {
        var (configurations, starts) = quick ? (1000, 3) : (10_000, 11);
        await using var cluster = await ScaleCluster.StartAsync("1s");
        await cluster.SubmitAsync("listed", configurations);
        await cluster.UntilAsync("listed", 100);
        ScaleTable.Line(10, "'sweep list' while it runs, ms", await MedianAsync(starts, ["sweep", "list"], 1), "F0", "");
        foreach (var form in Forms)
        {
            var milliseconds = await MedianAsync(starts, ["config", "list", "listed", "-o", form], configurations);
            ScaleTable.Line(10, $"'config list -o {form}' of {configurations} while they run, ms", milliseconds, "F0", "under 1000");
            table.Target($"console-config-list-{form}-ms", milliseconds, 1000);
        }

        // Two that are not counted come first.
        async Task<double> MedianAsync(int count, string[] command, int lines)
        {
            var times = new List<double>();
            for (var i = -2; i < count; i++)
            {
                var since = Stopwatch.GetTimestamp();
                await RunAsync(program, [.. command, .. cluster.Reaching], lines);
                if (i >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                }
            }

            return Median.Of(times);
        }
    }

    private static async Task RunAsync(string program, string[] arguments, int leastLines)
    {
        using var console = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var (lines, buffer) = (0, new byte[64 * 1024]);
        for (int read; (read = await console.StandardOutput.BaseStream.ReadAsync(buffer)) > 0;)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        await console.WaitForExitAsync();
        if (console.ExitCode != 0 || lines < leastLines)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: found exit code {console.ExitCode} and {lines} lines, wanted 0 and at least {leastLines}");
        }
    }
}
