using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>A sweep whose trainers are simulated: all else is real, and so are the promises.</summary>
public sealed class SimulatedTests
{
    private static readonly string[] Simulation = ["--Simulation:Duration=0.5s..2s", "--Simulation:Diverging=0.2", "--Simulation:Failing=0.2"];

    [Fact]
    public async Task Killed_with_everything_in_its_midst_no_byte_of_its_results_differs_and_everybody_says_that_they_are_made_up()
    {
        var undisturbed = await UndisturbedAsync();
        await using var cluster = await StartAsync();
        SweepSnapshot sweep;
        await using (var first = await cluster.ConnectAsync())
        {
            sweep = await TestCluster.SubmitAsync(first);
            await TestCluster.UntilAsync(async () => (await first.Grains.GetGrain<ISweepGrain>("chaos").Describe())!.Ended > 0, "one has ended");
        }

        await cluster.KillEverythingAsync();
        await cluster.StartEverythingAsync();
        await using var second = await cluster.ConnectAsync();
        var (csv, results) = await TestCluster.ResultsAsync(second);
        Assert.Equal(undisturbed, csv);
        Assert.Equal("simulated-1-diverging0.2-n3", results.Sweep.NumericsClass);
        Assert.StartsWith("SIMULATED: nothing was trained", results.Analysis.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("SIMULATED: cpu of silo-1 trains nothing", (await cluster.ConsoleAsync(0, "pool", "show")).Output, StringComparison.Ordinal);
        Assert.Contains(cluster.LogLines(), l => l.Contains("SIMULATED TRAINERS (Simulation:Duration=0.5s..2s)", StringComparison.Ordinal));
        Assert.Empty((await second.Grains.GetGrain<ISweepGrain>("chaos").Verify(TestContext.Current.CancellationToken))!.Disagreements);
    }

    [Fact]
    public async Task A_sweep_fills_every_slot_of_a_large_pool()
    {
        const int slots = 100;
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(slots, "--Simulation:Duration=3600s");
        await using var connection = await cluster.ConnectAsync();
        var sizes = string.Join(", ", Enumerable.Range(1, (slots / 2) + 10));
        await TestCluster.SubmitAsync(connection, TestCluster.Spec.Replace("8, 16", sizes, StringComparison.Ordinal));
        var pool = connection.Grains.GetGrain<IGpuPoolGrain>("default");
        await Processes.UntilAsync(async () => (await pool.Describe()).Leases.Count(l => l.State == RequestState.Holds) == slots, "every slot trains");
    }

    private static async Task<TestCluster> StartAsync()
    {
        var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(2, Simulation);
        return cluster;
    }

    private static async Task<string> UndisturbedAsync()
    {
        await using var cluster = await StartAsync();
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.SubmitAsync(connection);
        return (await TestCluster.ResultsAsync(connection)).Csv;
    }
}
