using System.Net;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a store that is gone for a while costs: waiting.</summary>
public sealed class StoreTests(UndisturbedRun undisturbed)
{
    /// <summary>Longer than any client's own tries, than a grain's call, and than the jobs that train meanwhile.</summary>
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_is_gone_for_a_minute_costs_no_byte_and_readiness_says_so()
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
        Assert.DoesNotContain(results.Runs, r => r.Run.End == Contracts.Configurations.AttemptEnd.Crashed);
    }
}
