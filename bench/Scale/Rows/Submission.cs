using System.Diagnostics;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>
/// Row 4: a sweep of 100,000 configurations is submitted while others ask. A configuration that waits has no row: sixteen trainings of an hour begin, and the
/// store holds no more than theirs.
/// </summary>
internal static class Submission
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    /// <summary>The row.</summary>
    public static async Task SubmitAsync(ScaleTable table, bool quick)
    {
        var configurations = quick ? 20_000 : 100_000;
        await using var cluster = await ScaleCluster.StartAsync("3600s", $"--Sweeps:MostCells={configurations}");
        var other = await cluster.SubmitAsync("other", 400);
        await cluster.SubmitAsync("warm", 2000);
        await cluster.UntilHeldAsync(ScaleCluster.Slots);
        await Task.Delay(Settle);
        var before = cluster.SiloBytes;
        using var over = new CancellationTokenSource();
        var asked = AskAsync(cluster, other, over.Token);
        var clock = Stopwatch.StartNew();
        var sweep = await cluster.SubmitAsync("large", configurations);
        var accepted = clock.Elapsed.TotalSeconds;
        while ((await cluster.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status()).Cells.Length < configurations)
        {
            await Task.Delay(Beat);
        }

        var shown = clock.Elapsed.TotalSeconds;
        await Task.Delay(Settle);
        await over.CancelAsync();
        var times = await asked;
        var bytes = (cluster.SiloBytes - before) / (double)configurations;
        ScaleTable.Line(4, $"{configurations} configurations: accepted, s", accepted, "F2", "at most 2");
        ScaleTable.Line(4, "until its status shows them all, s", shown, "F2", "");
        ScaleTable.Line(4, $"another sweep's status meanwhile, asked {times.Count} times: longest, ms", times.Max(), "F0", "at most 200");
        ScaleTable.Line(4, "silo's memory per configuration that waits, B", bytes, "F0", "at most 1000");
        table.Target("submit-s", accepted, 2);
        table.Target("submit-pause-ms", times.Max(), 200);
        table.Target("waiting-configuration-bytes", bytes, 1000);
    }

    /// <summary>Asks how another sweep and the pool stand, again and again; answers how long each answer took, in milliseconds.</summary>
    private static async Task<List<double>> AskAsync(ScaleCluster cluster, SweepSnapshot other, CancellationToken over)
    {
        var times = new List<double>();
        while (!over.IsCancellationRequested)
        {
            var since = Stopwatch.GetTimestamp();
            await cluster.Grains.GetGrain<ISweepGrain>(other.Name).Describe();
            await cluster.Grains.GetGrain<IGpuPoolGrain>(ScaleCluster.Pool).Slots(other.NumericsClass ?? "");
            times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            await Task.Delay(Beat, CancellationToken.None);
        }

        return times;
    }
}
