using System.Diagnostics;
using System.Globalization;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Bench.Scale.Pool;
using SmallBatch.Client.Azurite;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Row 7: many hosts on one pool.</summary>
internal static class Hosts
{
    private const double EndsPerSecond = 20;
    private const double MostGrantMilliseconds = 50;
    private const string Pool = "default";

    /// <summary>The row, at sizes ten times each other, the goal for each.</summary>
    public static async Task ManyAsync(ScaleTable table, bool quick)
    {
        foreach (var count in quick ? new[] { 10, 100 } : [10, 100, 1000])
        {
            var folder = Directory.CreateTempSubdirectory("smallbatch-hosts-").FullName;
            table.Target(string.Create(CultureInfo.InvariantCulture, $"grant-p99-ms-{count}-hosts"), await MeasureAsync(folder, count, TimeSpan.FromSeconds(quick ? 10 : 60)), MostGrantMilliseconds);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(string folder, int count, TimeSpan takes)
    {
        await using var store = await AzuriteProcess.StartAsync(new(folder));
        await using var silo = await PoolSilo.StartAsync(store.ConnectionString);
        var hosts = new SimulatedHosts(silo.Grains.GetGrain<IGpuPoolGrain>(Pool), count);
        var offers = silo.Grains.CreateObjectReference<IOffers>(hosts);
        await silo.Grains.GetGrain<IOfferTaker>(0).Tell(offers);
        var clock = Stopwatch.StartNew();
        await hosts.BeatOnceAsync();
        using var end = new CancellationTokenSource();
        var asked = hosts.AskAsync(3 * hosts.Slots);
        while (hosts.Running < hosts.Slots)
        {
            await Task.Delay(20);
        }

        var filled = clock.Elapsed.TotalSeconds;
        await asked;
        var running = hosts.RunAsync(EndsPerSecond, end.Token);
        await Task.Delay(takes / 4);
        hosts.Latencies.Clear();
        hosts.BeatTimes.Clear();
        var (before, since) = (ProcessMeter.Of(silo.ProcessId), Stopwatch.GetTimestamp());
        await Task.Delay(takes);
        var (after, seconds) = (ProcessMeter.Of(silo.ProcessId), Stopwatch.GetElapsedTime(since).TotalSeconds);
        var (grants, beats) = (hosts.Latencies.Order().ToArray(), hosts.BeatTimes.Order().ToArray());
        await end.CancelAsync();
        await running;
        GC.KeepAlive(offers);
        var cpu = (after.CpuSeconds - before.CpuSeconds) / seconds;
        string Of(string what) => string.Create(CultureInfo.InvariantCulture, $"{count} hosts, {hosts.Slots} slots: {what}");
        ScaleTable.Line(7, Of("first leases on all, s"), filled, "F1", "");
        ScaleTable.Line(7, Of("share of a core, pool's silo"), cpu, "F3", "");
        ScaleTable.Line(7, Of("heartbeat answered, p99 ms"), At(beats, 0.99), "F1", "");
        ScaleTable.Line(7, Of("end to next offer, p50 ms"), At(grants, 0.5), "F1", "");
        ScaleTable.Line(7, Of("end to next offer, p99 ms"), At(grants, 0.99), "F1", "at most 50");
        ScaleTable.Line(7, Of("ends a second"), grants.Length / seconds, "F1", "");
        ScaleTable.Line(7, Of("silo's memory, MB"), after.ResidentBytes / 1e6, "F0", "");
        return At(grants, 0.99);
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
}
