using System.Globalization;
using SmallBatch.Bench.Scale.Cluster;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Rows 1, 2, 3 and 9: how fast, and what a trial costs.</summary>
internal static class Throughput
{
    private const double MinimumSeconds = 625;
    private const double TablePrice = 0.00036 / 10_000;
    private const double BlobWritePrice = 0.05 / 10_000;
    private const double BlobReadPrice = 0.004 / 10_000;

    /// <summary>Row 1.</summary>
    public static async Task OneSecondTrialsAsync(ScaleTable table, bool quick)
    {
        var configurations = quick ? 480 : 10_000;
        await using var cluster = await ScaleCluster.StartAsync("1s");
        var run = await cluster.RunAsync("one", configurations);
        var least = MinimumSeconds * configurations / 10_000;
        ScaleTable.Line(1, $"{configurations} trials of 1 s on {ScaleCluster.Slots} slots, s", run.Seconds, "F1", string.Create(CultureInfo.InvariantCulture, $"Ray Tune {715.0 * configurations / 10_000:F0} (least {least:F1})"));
        ScaleTable.Line(1, "silo CPU a trial, ms", 1000 * run.SiloCpuSeconds / configurations, "F2", "");
        ScaleTable.Line(1, "store CPU a trial, ms", 1000 * run.StoreCpuSeconds / configurations, "F2", "");
        table.Target("one-second-trials-s", run.Seconds, 640.0 * configurations / 10_000);
    }

    /// <summary>Row 2: medians of runs, each on a cluster of its own, the store's limit measured right before each.</summary>
    public static async Task ZeroSecondTrialsAsync(ScaleTable table, bool quick, int repeats)
    {
        var configurations = quick ? 400 : 2000;
        var runs = new List<(RunFigures Run, double Limit)>();
        for (var i = 0; i < repeats; i++)
        {
            await using var cluster = await ScaleCluster.StartAsync("0s");
            await cluster.RunAsync("warm", ScaleCluster.Slots * 2);
            var limit = await StoreLimit.MeasureAsync(cluster.ConnectionString, TimeSpan.FromSeconds(quick ? 3 : 10));
            runs.Add((await cluster.RunAsync("zero", configurations), limit));
        }

        var rate = Median.Of(runs.Select(r => r.Run.Configurations / r.Run.Seconds));
        var operations = Median.Of(runs.Select(r => r.Run.Operations / (double)r.Run.Configurations));
        var limits = Median.Of(runs.Select(r => r.Limit));
        var share = Median.Of(runs.Select(r => r.Run.Operations / r.Run.Seconds / r.Limit));
        ScaleTable.Line(2, $"{configurations} trials of 0 s, trials/s", rate, "F1", "Ray Tune 14, Kueue 42.7; HyperQueue 10,000, storing nothing");
        ScaleTable.Line(2, "storage operations a trial", operations, "F2", "at most 3.5");
        ScaleTable.Line(2, "the store alone, operations/s", limits, "F0", "");
        ScaleTable.Line(2, "operations/s of the run over the store's alone", share, "F2", "at least 0.7");
        ScaleTable.Line(2, "silo CPU a trial, ms", Median.Of(runs.Select(r => 1000 * r.Run.SiloCpuSeconds / r.Run.Configurations)), "F2", "");
        ScaleTable.Line(2, "store CPU a trial, ms", Median.Of(runs.Select(r => 1000 * r.Run.StoreCpuSeconds / r.Run.Configurations)), "F2", "");
        table.Target("trials-per-second", rate, 150, more: true);
        table.Target("operations-per-trial", operations, 3.5);
        table.Target("share-of-store-limit", share, 0.7, more: true);
    }

    /// <summary>Row 3: each replica's loss and accuracy after each epoch, in rows of results, a row a replica, stored many together.</summary>
    public static async Task ReportsAsync(ScaleTable table, bool quick)
    {
        const int Replicas = 20;
        const int Epochs = 20;
        var configurations = quick ? 100 : 500;
        await using var cluster = await ScaleCluster.StartAsync("0s");
        await cluster.RunAsync("warm", ScaleCluster.Slots * 2);
        var run = await cluster.RunAsync("reports", configurations, replicas: Replicas, epochs: Epochs);
        var rows = configurations * Replicas / run.Seconds;
        ScaleTable.Line(3, $"{configurations} trials of 0 s, {Replicas} replicas, {Epochs} epochs: rows of results/s", rows, "F0", "");
        ScaleTable.Line(3, "reports/s, an epoch of a replica each", rows * Epochs, "F0", "at least 2,000");
        ScaleTable.Line(3, "storage operations a row", run.Operations / (double)(configurations * Replicas), "F3", "");
        table.Target("reports-per-second", rows * Epochs, 2000, more: true);
    }

    /// <summary>Row 9.</summary>
    public static async Task PriceAsync(bool quick)
    {
        var configurations = quick ? 400 : 1000;
        await using var cluster = await ScaleCluster.StartAsync("0s");
        var run = await cluster.RunAsync("price", configurations);
        foreach (var (kind, count) in run.Requests.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal))
        {
            ScaleTable.Line(9, $"{kind}, a trial", count / (double)configurations, "F3", "");
        }

        var dollars = run.Requests.Sum(r => r.Value * Price(r.Key)) * 1000 / configurations;
        ScaleTable.Line(9, "1,000 trials, US cents of operations", 100 * dollars, "F3", "list: tables $0.00036, hot blobs $0.05 written, $0.004 read, a 10,000");
    }

    private static double Price(string kind) => !kind.StartsWith("blob", StringComparison.Ordinal) ? TablePrice : kind.StartsWith("blob put", StringComparison.Ordinal) ? BlobWritePrice : BlobReadPrice;
}
