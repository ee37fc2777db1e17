using System.Diagnostics;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Row 8: everything is killed with most of a sweep unfinished, and started again.</summary>
internal static class Restart
{
    /// <summary>The row, for a new cluster id as of <c>smallbatch run</c>, and for a cluster that keeps its id.</summary>
    public static async Task AgainAsync(ScaleTable table, bool quick)
    {
        var configurations = quick ? 1000 : 10_000;
        foreach (var newId in new[] { true, false })
        {
            await using var cluster = await ScaleCluster.StartAsync("1s");
            await cluster.SubmitAsync("restart", configurations);
            await cluster.UntilAsync("restart", ScaleCluster.Slots * 4);
            var before = (await cluster.Grains.GetGrain<IGpuPoolGrain>(ScaleCluster.Pool).Describe()).Leases.Select(l => l.Lease.Token).ToHashSet();
            await cluster.EndAllAsync();
            var clock = Stopwatch.StartNew();
            await cluster.StartStoreAsync();
            await cluster.StartSiloAsync(newId);
            var first = await UntilAsync(cluster, clock, l => l.Any(s => s.State == RequestState.Holds && !before.Contains(s.Lease.Token)));
            var none = await UntilAsync(cluster, clock, l => l.All(s => !before.Contains(s.Lease.Token)));
            var (what, goal) = newId ? ("a new id", 10.0) : ("the id it had", 30.0);
            ScaleTable.Line(8, $"restart with {configurations} under {what}: first grant, s", first, "F1", $"at most {goal:F0}");
            ScaleTable.Line(8, $"restart with {configurations} under {what}: no old lease, s", none, "F1", "at most 60");
            table.Target($"restart-{(newId ? "new" : "same")}-id-first-grant-s", first, goal);
            table.Target($"restart-{(newId ? "new" : "same")}-id-reconciled-s", none, 60);
        }
    }

    private static async Task<double> UntilAsync(ScaleCluster cluster, Stopwatch clock, Func<IEnumerable<LeaseSnapshot>, bool> condition)
    {
        while (!condition((await cluster.Grains.GetGrain<IGpuPoolGrain>(ScaleCluster.Pool).Describe()).Leases))
        {
            await Task.Delay(50);
        }

        return clock.Elapsed.TotalSeconds;
    }
}
