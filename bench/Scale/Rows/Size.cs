using System.Diagnostics;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Rows 5 and 6: what grows with the number of configurations.</summary>
internal static class Size
{
    /// <summary>Row 5: somebody asks while the sweep runs, ten times a second.</summary>
    public static async Task StatusAsync(ScaleTable table, bool quick)
    {
        await StatusAsync(table, quick ? 1000 : 10_000, goal: 100, times: quick ? 60 : 300);
        await StatusAsync(table, quick ? 10_000 : 100_000, goal: 300, times: quick ? 60 : 300);
    }

    private static async Task StatusAsync(ScaleTable table, int configurations, double goal, int times)
    {
        await using var cluster = await ScaleCluster.StartAsync("1s", $"--Sweeps:MostCells={configurations}");
        var sweep = await cluster.SubmitAsync("status", configurations);
        await cluster.UntilAsync("status", 100);
        var grain = cluster.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId);
        await grain.Status();
        var took = new List<double>();
        while (took.Count < times)
        {
            var since = Stopwatch.GetTimestamp();
            await grain.Status();
            took.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await Task.Delay(100);
        }

        took.Sort();
        var p99 = took[(int)Math.Ceiling(0.99 * took.Count) - 1];
        ScaleTable.Line(5, $"status of {configurations} while they run, p50 ms", took[took.Count / 2], "F1", "");
        ScaleTable.Line(5, $"status of {configurations} while they run, p99 ms", p99, "F1", $"at most {goal:F0}");
        table.Target($"status-{configurations}-p99-ms", p99, goal);
    }

    /// <summary>Row 6: what one configuration more costs in a larger sweep.</summary>
    public static async Task MarginalAsync(ScaleTable table, bool quick)
    {
        int[] sizes = quick ? [60, 240, 960] : [100, 1000, 10_000];
        var runs = new List<RunFigures>();
        foreach (var size in sizes)
        {
            await using var cluster = await ScaleCluster.StartAsync("0s");
            await cluster.RunAsync("warm", ScaleCluster.Slots * 2);
            runs.Add(await cluster.RunAsync("size", size));
        }

        var steps = runs.Zip(runs.Skip(1)).ToList();
        Compare("silo-cpu", "silo CPU, ms", "F2", steps.Select(s => 1000 * (s.Second.SiloCpuSeconds - s.First.SiloCpuSeconds) / (s.Second.Configurations - s.First.Configurations)));
        Compare("operations", "storage operations", "F2", steps.Select(s => (s.Second.Operations - s.First.Operations) / (double)(s.Second.Configurations - s.First.Configurations)));
        Compare("memory", "silo memory, kB", "F1", steps.Select(s => (s.Second.SiloBytes - s.First.SiloBytes) / 1000.0 / (s.Second.Configurations - s.First.Configurations)));

        void Compare(string name, string what, string form, IEnumerable<double> marginal)
        {
            var values = marginal.ToList();
            foreach (var (step, value) in steps.Zip(values))
            {
                ScaleTable.Line(6, $"{what} of one more, {step.First.Configurations} to {step.Second.Configurations}", value, form, "");
            }

            table.Target($"marginal-{name}-ratio", values[1] / values[0], 1.2);
        }
    }
}
