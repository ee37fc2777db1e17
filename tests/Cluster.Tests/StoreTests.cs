using System.Globalization;
using System.Net;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a store that is gone for a while costs: waiting.</summary>
public sealed class StoreTests(UndisturbedRun undisturbed)
{
    /// <summary>Longer than any client's own tries, than a grain's call, and than the jobs that train meanwhile.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(35);

    /// <summary>SMALLBATCH_TEST_HANG, in seconds; default 15.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("SMALLBATCH_TEST_HANG") ?? "15", CultureInfo.InvariantCulture));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_is_gone_for_half_a_minute_costs_no_byte_and_readiness_says_so()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 5);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{cluster.Silos[0].Health}/ready"), Token)).StatusCode);
        var outage = Task.Delay(Outage, Token);
        await cluster.StopStoreAsync();
        await Processes.UntilAsync(async () => (await http.GetAsync(new Uri($"{cluster.Silos[0].Health}/ready"), Token)).StatusCode == HttpStatusCode.ServiceUnavailable, "readiness says that the store is gone");
        Assert.Contains("the store has not answered since", await (await http.GetAsync(new Uri($"{cluster.Silos[0].Health}/ready"), Token)).Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{cluster.Silos[0].Health}/live"), Token)).StatusCode);
        await outage;
        await cluster.StartStoreAsync();
        await Processes.UntilAsync(async () => (await http.GetAsync(new Uri($"{cluster.Silos[0].Health}/ready"), Token)).StatusCode == HttpStatusCode.OK, "readiness says that the store is back");
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.DoesNotContain(results.Runs, r => r.Run.End == AttemptEnd.Crashed);
    }

    [Fact]
    public async Task A_store_that_hangs_while_the_pool_s_silo_is_killed_stops_no_trainer_and_costs_no_byte()
    {
        // The first silo alone has the pool, and no devices; while the store hangs nobody can declare it dead.
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 0);
        await using (var first = await cluster.ConnectAsync())
        {
            Assert.Empty((await first.Grains.GetGrain<IGpuPoolGrain>("default").Describe()).Hosts);
        }

        var host = await cluster.AddSiloAsync(2);
        await using var connection = await cluster.ConnectAsync(silo: 1);
        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 5);
        var trainers = Processes.Descendants(host.ProcessId);
        var hang = Task.Delay(Hang, Token);
        Processes.Signal(cluster.StoreId, Processes.StopSignal);
        cluster.Silos[0].Kill();
        await hang;
        Assert.All(trainers, t => Assert.True(Processes.Lives(t.Id)));
        Processes.Signal(cluster.StoreId, Processes.ContinueSignal);
        var back = TimeProvider.System.GetTimestamp();
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        TestContext.Current.TestOutputHelper!.WriteLine($"the store hung for {Hang.TotalSeconds} s; complete {TimeProvider.System.GetElapsedTime(back).TotalSeconds:F1} s after it was back; {results.Runs.Length} attempts, of them lost {results.Runs.Count(r => r.Run.End == AttemptEnd.Lost)}");
        Assert.Equal(undisturbed.Csv, csv);
        Assert.DoesNotContain(results.Runs, r => r.Run.End == AttemptEnd.Crashed);
    }

    [Fact]
    public async Task A_store_killed_again_and_again_loses_its_last_seconds_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 1);
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 5);
        for (var loss = 1; loss <= 2; loss++)
        {
            await cluster.LoseLastSecondsAsync(sweep.SweepId);
            await Processes.UntilAsync(() => Task.FromResult(cluster.LogLines().Count(l => l.Contains("The store went back", StringComparison.Ordinal)) == 2 * loss), "both silos have seen that it went back");
        }

        var (csv, _) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Contains("the store went back at", await ReadyAsync(cluster), StringComparison.Ordinal);
        Assert.Contains(cluster.LogLines(), l => l.Contains("Everything that the store went back on is read again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_whose_row_of_membership_is_lost_writes_it_again_and_trains_on()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 1);
        var before = await cluster.SaveStoreAsync();
        var second = await cluster.AddSiloAsync(1);
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.SubmitAsync(connection);
        await cluster.GoBackAsync(before);
        await Processes.UntilAsync(() => Task.FromResult(cluster.LogLines().Any(l => l.Contains("is written again as Active", StringComparison.Ordinal))), "the second silo writes its row again");
        await Processes.UntilAsync(() => Task.FromResult(cluster.LogLines().Count(l => l.Contains("Everything that the store went back on is read again", StringComparison.Ordinal)) == 2), "both silos have read all again");
        await TestCluster.SubmitAsync(connection);
        Assert.Equal(undisturbed.Csv, (await TestCluster.ResultsAsync(connection)).Csv);
        Assert.True(Processes.Lives(second.ProcessId));
    }

    private static async Task<string> ReadyAsync(TestCluster cluster)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{cluster.Silos[0].Health}/ready"), Token);
    }
}
