using SmallBatch.Bench.Chaos;
using SmallBatch.Bench.Chaos.Silos;

// Each test fills both cores with trainers of its own.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SmallBatch.Chaos.Tests;

/// <summary>The results.csv of a sweep that nothing disturbs: what other runs are compared with.</summary>
internal static class Undisturbed
{
    /// <summary>Trains a sweep of that many batch sizes, on two slots.</summary>
    public static async Task<string> CsvAsync(int epochs, int sizes) =>
        (await new ChaosRun(silos: 3, epochs, ClusterProcesses.ShortTimes, disks: false, network: null, TimeProvider.System, _ => { }).RunAsync(sizes, TestContext.Current.CancellationToken)).Csv;
}
