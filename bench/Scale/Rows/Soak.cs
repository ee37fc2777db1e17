using System.Diagnostics;
using System.Globalization;
using SmallBatch.Bench.Scale.Cluster;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Scale.Rows;

/// <summary>Row 12: as many trials as the cluster can, sweep after sweep, each deleted once it is complete; whether memory stays as it is.</summary>
internal static class Soak
{
    private const int Configurations = 1000;
    private const int Quarters = 4;

    /// <summary>The row, so many minutes long. What is idle goes after a quarter of an hour, so that memory is compared over the last quarter and the one before.</summary>
    public static async Task RunAsync(ScaleTable table, double minutes)
    {
        await using var cluster = await ScaleCluster.StartAsync("0s");
        var clock = Stopwatch.StartNew();
        var samples = new List<(int Quarter, long Silo, long Store)>();
        var ended = new int[Quarters];
        var deletions = new List<Task>();
        for (var number = 1; clock.Elapsed.TotalMinutes < minutes; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"soak-{number}");
            await cluster.RunAsync(name, Configurations);

            // A hundred rows of each kind at a tick: it takes longer than the sweep did.
            deletions.RemoveAll(d => d.IsCompletedSuccessfully);
            deletions.Add(DeleteAsync(cluster.Grains.GetGrain<ISweepGrain>(name)));
            var quarter = Math.Min(Quarters - 1, (int)(Quarters * clock.Elapsed.TotalMinutes / minutes));
            ended[quarter] += Configurations;
            samples.Add((quarter, cluster.SiloBytes, cluster.StoreBytes));
        }

        await Task.WhenAll(deletions);
        var silo = Of(s => s.Silo);
        var store = Of(s => s.Store);
        for (var quarter = 0; quarter < Quarters; quarter++)
        {
            ScaleTable.Line(12, $"quarter {quarter + 1} of {minutes:0.#} minutes: trials/s", ended[quarter] / (60 * minutes / Quarters), "F1", "");
            ScaleTable.Line(12, "silo's memory, MB", silo[quarter] / 1e6, "F0", "");
            ScaleTable.Line(12, "store's memory, MB", store[quarter] / 1e6, "F0", "");
        }

        table.Target("soak-memory-ratio", silo[^1] / silo[^2], 1.1);

        double[] Of(Func<(int Quarter, long Silo, long Store), long> what) =>
            [.. Enumerable.Range(0, Quarters).Select(q => samples.Where(s => s.Quarter == q).Select(s => (double)what(s)).ToList()).Select(s => s.Count == 0 ? double.NaN : Median.Of(s))];
    }

    private static async Task DeleteAsync(ISweepGrain sweep)
    {
        await sweep.Act(SweepAction.Delete);
        while (await sweep.Describe() is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }
}
