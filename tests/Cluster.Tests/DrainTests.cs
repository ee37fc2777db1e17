using System.Globalization;
using System.Text.Json;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Cluster.Tests;

/// <summary>Hosts that an operator drains and puts back.</summary>
public sealed class DrainTests(UndisturbedRun undisturbed)
{
    [Fact]
    public async Task Drained_hosts_give_up_what_they_train_lose_no_step_and_stay_drained_through_a_restart_until_they_are_put_back()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 1);
        await using var connection = await cluster.ConnectAsync(silo: 1);
        var (first, second) = (await AddressAsync(cluster, "silo-1"), await AddressAsync(cluster, "silo-2"));
        var sweep = await TestCluster.SubmitAsync(connection);
        var cell = await TestCluster.UntilEpochAsync(connection, sweep, 10, c => c.Host == first);
        var (code, output, errors) = await cluster.ConsoleAsync(1, "pool", "drain", "silo-1");
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal("silo-1 takes no new work: 1 lease is still yielding; 'smallbatch pool show' follows it.", output.Trim());
        await UntilEmptyAsync(cluster, "silo-1");

        // Its training goes on where there is room for it.
        await TestCluster.UntilEpochAsync(connection, sweep, cell.Epoch, c => c.Key == cell.Key && c.Host == second);
        Assert.StartsWith("silo-2 takes no new work", (await cluster.ConsoleAsync(1, "pool", "drain", "silo-2")).Output, StringComparison.Ordinal);
        await UntilEmptyAsync(cluster, "silo-2");
        var aggregator = connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId);
        await Processes.UntilAsync(
            async () => (await aggregator.Status()).Cells.Where(c => c.Status == ConfigurationStatus.Queued).Any(c => c.Reason?.Contains("out of service: cpu of silo-1: drained by", StringComparison.Ordinal) == true),
            "what waits says why");

        cluster.Silos[0].Kill();
        await cluster.AddSiloAsync(slots: 1, "--Endpoints:SiloName=silo-1");
        await TestCluster.UntilAsync(async () => (await connection.Grains.GetGrain<IGpuPoolGrain>("default").Describe()).Hosts.Length > 0, "the pool answers again");
        var anew = first;
        await Processes.UntilAsync(async () => (anew = await AddressAsync(cluster, "silo-1")) != first, "the pool has heard of the host that started anew");
        var shown = (await cluster.ConsoleAsync(1, "pool", "show")).Output;
        Assert.Contains("│ drained ", shown, StringComparison.Ordinal);
        Assert.Matches(@"silo-1: drained by .+ at 20\d\d-.+Z; it has given up all its leases\. 'smallbatch pool undrain silo-1' puts it back\.", shown);
        Assert.Equal("silo-1 takes work again.", (await cluster.ConsoleAsync(1, "pool", "undrain", "silo-1")).Output.Trim());

        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Equal(2, results.Runs.Count(r => r.Run.End == AttemptEnd.Stopped));
        Assert.All(results.Runs.GroupBy(r => r.Key), TrainsEachStepOnce);
        Assert.All(results.Runs.Where(r => r.Run.StartedAt > results.Runs.Where(s => s.Run.End == AttemptEnd.Stopped).Max(s => s.Run.EndedAt)), r => Assert.Equal(anew, r.Run.Host));
    }

    private static void TrainsEachStepOnce(IEnumerable<RunRow> attempts)
    {
        long reached = 0;
        foreach (var run in attempts.Select(r => r.Run).OrderBy(r => r.Attempt))
        {
            Assert.Equal(reached, run.ResumedFromStep);
            reached = run.ReachedStep;
        }
    }

    private static Task UntilEmptyAsync(TestCluster cluster, string name) => Processes.UntilAsync(
        async () => (await HostAsync(cluster, name))!.Value.GetProperty("yielding").GetInt32() == 0, $"{name} has given up its leases");

    private static async Task<string> AddressAsync(TestCluster cluster, string name)
    {
        JsonElement? host = null;
        await Processes.UntilAsync(async () => (host = await HostAsync(cluster, name)) is not null, $"the pool has heard of {name}");
        return host!.Value.GetProperty("host").GetString()!;
    }

    /// <summary>The youngest of that name.</summary>
    private static async Task<JsonElement?> HostAsync(TestCluster cluster, string name)
    {
        var (code, output, errors) = await cluster.ConsoleAsync(1, "pool", "show", "-o", "json");
        Assert.Equal((0, ""), (code, errors));
        return JsonDocument.Parse(output).RootElement.GetProperty("hosts").EnumerateArray().Where(h => h.GetProperty("hostName").GetString() == name)
            .Cast<JsonElement?>().MaxBy(h => long.Parse(h!.Value.GetProperty("host").GetString()!.Split('@')[1], CultureInfo.InvariantCulture));
    }
}
