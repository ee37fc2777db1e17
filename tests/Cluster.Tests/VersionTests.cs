using Azure.Data.Tables;
using SmallBatch.Client.Running;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>Releases on one store: which a silo joins, and which it leaves as they are.</summary>
public sealed class VersionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_of_a_newer_format_than_it_can_read_is_left_as_it_is_and_the_silo_says_what_to_do()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await SayAsync(cluster, format: 3);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.AddSiloAsync(0));
        Assert.Contains("exit code 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("The store: found format 3, first written by release 9.9.9, wanted 0 to 2, which release ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was written. Run that release or the one before it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["SmallBatchStore"], await new TableServiceClient(cluster.ConnectionString).QueryAsync(cancellationToken: Token).Select(t => t.Name).ToListAsync(Token));
        Assert.Equal(["store|format|Format=Int32:3;PartitionKey=String:store;Release=String:9.9.9;RowKey=String:format"], await StoreCopy.RowsAsync(cluster.ConnectionString, "SmallBatchStore"));

        var backup = await StoreConsole.RunAsync(cluster.ConnectionString, "backup", Path.Combine(Path.GetTempPath(), $"smallbatch-{Guid.NewGuid():N}"));
        Assert.Equal(2, backup.Code);
        Assert.Contains("found format 3", backup.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_the_next_release_has_written_is_read_and_stays_marked_as_its()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await SayAsync(cluster, format: 2);
        await RunsAsync(cluster);
        Assert.Contains("Format=Int32:2;", Assert.Single(await StoreCopy.RowsAsync(cluster.ConnectionString, "SmallBatchStore")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_the_releases_that_told_no_format_is_read_and_marked()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        var silo = await cluster.AddSiloAsync(0);
        await using (var connection = await cluster.ConnectAsync())
        {
            await TestCluster.SubmitAsync(connection);
        }

        await silo.StopAsync();

        // What such a release leaves: the same rows, and not this one.
        await new TableClient(cluster.ConnectionString, "SmallBatchStore").DeleteEntityAsync("store", "format", cancellationToken: Token);
        await RunsAsync(cluster);
        Assert.Contains("Format=Int32:1;", Assert.Single(await StoreCopy.RowsAsync(cluster.ConnectionString, "SmallBatchStore")), StringComparison.Ordinal);
        await using var again = await cluster.ConnectAsync(silo: 1);
        Assert.Equal(SubmitOutcome.Unchanged, (await again.Grains.GetGrain<ISweepGrain>("chaos").Submit(new(TestCluster.Spec, TestCluster.Network), Token)).Outcome);
    }

    private static async Task RunsAsync(TestCluster cluster)
    {
        SiloProcess silo = await cluster.AddSiloAsync(0);
        Assert.True(Processes.Lives(silo.ProcessId));
    }

    private static async Task SayAsync(TestCluster cluster, int format)
    {
        var table = new TableClient(cluster.ConnectionString, "SmallBatchStore");
        await table.CreateAsync(Token);
        await table.AddEntityAsync(new TableEntity("store", "format") { ["Format"] = format, ["Release"] = "9.9.9" }, Token);
    }
}
