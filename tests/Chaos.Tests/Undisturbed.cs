using SmallBatch.Bench.Chaos;
using SmallBatch.Bench.Chaos.Silos;

// Each test fills both cores with trainers of its own.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SmallBatch.Chaos.Tests;

/// <summary>The results.csv of a sweep that nothing disturbs: what other runs are compared with.</summary>
internal static class Undisturbed
{
    /// <summary>Epochs of each job, of every sweep here: one undisturbed sweep serves them all.</summary>
    public const int Epochs = 60;

    private static (int Sizes, string Csv) trained;

    /// <summary>Trains a sweep of that many batch sizes on two slots, where none as large has been.</summary>
    public static async Task<string> CsvAsync(int sizes)
    {
        if (trained.Sizes < sizes)
        {
            var run = new ChaosRun(silos: 3, Epochs, ClusterProcesses.ShortTimes, disks: false, network: null, TimeProvider.System, _ => { });
            trained = (sizes, (await run.RunAsync(sizes, TestContext.Current.CancellationToken)).Csv);
        }

        return ChaosSweep.Rows(trained.Csv, sizes);
    }
}
