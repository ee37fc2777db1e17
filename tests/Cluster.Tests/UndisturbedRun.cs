// Each test fills both cores with trainers of its own.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(SmallBatch.Cluster.Tests.UndisturbedRun))]

namespace SmallBatch.Cluster.Tests;

/// <summary>The results.csv of a sweep that nothing disturbs, on one silo with two slots: what every other run is compared with.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    public string Csv { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.SubmitAsync(connection);
        (Csv, _) = await TestCluster.ResultsAsync(connection);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
