using Azure;
using Azure.Data.Tables;
using Orleans.Storage;
using SmallBatch.AzureStorage.Clustering;
using SmallBatch.AzureStorage.Tests.Faults;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Clustering;

/// <summary>Membership on Azure Tables, with what the 10.4 cycle asks of its rows and requests.</summary>
public sealed class AzureMembershipTests(AzuriteFixture azurite) : MembershipConformance
{
    private readonly string cluster = $"a{Guid.NewGuid():N}";
    private readonly RequestWatch watch = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TableClient Rows => azurite.Tables.GetTableClient(AzureClustering.TableName);

    protected override IMembershipTable Table(string clusterId) => AzureClustering.Table(azurite, clusterId);

    protected override Task FillAsync(string clusterId, IReadOnlyList<MembershipEntry> entries) => AzureClustering.FillAsync(azurite, clusterId, entries);

    [Theory]
    [InlineData("!Start")]
    [InlineData("VersionRow")]
    [InlineData("~End")]
    public async Task A_table_without_its_version_or_a_boundary_row_is_refused(string missing)
    {
        var table = await WatchedAsync();
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        await Rows.DeleteEntityAsync(cluster, missing, cancellationToken: Token);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => table.ReadAllAsync(Token));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => table.ReadRowAsync(Entry(1).SiloAddress, Token));
    }

    [Theory]
    [InlineData("!Start")]
    [InlineData("~End")]
    public async Task A_view_whose_boundaries_disagree_is_tried_five_times_and_never_answered(string boundary)
    {
        var table = await WatchedAsync();
        await Rows.UpsertEntityAsync(new TableEntity(cluster, boundary) { ["DeploymentId"] = cluster, ["MembershipVersion"] = "7" }, cancellationToken: Token);
        watch.Seen.Clear();
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => table.ReadAllAsync(Token));
        Assert.Equal(5, watch.Seen.Count);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => table.ReadRowAsync(Entry(1).SiloAddress, Token));
    }

    [Fact]
    public async Task A_view_that_a_write_broke_in_two_is_read_again()
    {
        const int members = 1_100;
        await FillAsync(cluster, [.. Enumerable.Range(1_000, members).Select(Entry)]);
        var (table, writer) = (await WatchedAsync(), Table(cluster));
        var written = 0;
        watch.Before = async request =>
        {
            // Between the first page and the second: a row of the first page's range.
            if (request.Uri.Contains("NextRowKey", StringComparison.Ordinal) && ++written == 1)
            {
                Assert.True(await writer.InsertRowAsync(Entry(1), (await writer.ReadAllAsync(Token)).Version.Next(), Token));
            }
        };
        var data = await table.ReadAllAsync(Token);
        Assert.Equal((1, members + 1, 2), (data.Version.Version, data.Members.Count, written));
    }

    [Theory]
    [InlineData("Port", "one")]
    [InlineData("Port", null)]
    [InlineData("Status", "Asleep")]
    [InlineData("SuspectingTimes", "2026-11-23 22:59:13.127 GMT")]
    public async Task A_row_that_cannot_be_read_fails_the_whole_view(string column, string? value)
    {
        var table = await WatchedAsync();
        var row = SiloRow.Write(cluster, Entry(1));
        row[column] = value;
        await Rows.AddEntityAsync(row, Token);
        await Assert.ThrowsAnyAsync<Exception>(() => table.ReadAllAsync(Token));
        await Assert.ThrowsAnyAsync<Exception>(() => table.ReadRowAsync(Entry(1).SiloAddress, Token));
        await Rows.UpdateEntityAsync(SiloRow.Write(cluster, Entry(1)), ETag.All, TableUpdateMode.Replace, Token);
        Assert.Single((await table.ReadAllAsync(Token)).Members);
    }

    [Fact]
    public async Task Every_write_maintains_both_boundary_rows_without_a_status()
    {
        var table = await WatchedAsync();
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        var version = (await table.ReadAllAsync(Token)).Version;
        await table.UpdateRowAsync(Entry(1), version.VersionEtag, version.Next(), Token);
        foreach (var key in new[] { "!Start", "VersionRow", "~End" })
        {
            var row = (await Rows.GetEntityAsync<TableEntity>(cluster, key, cancellationToken: Token)).Value;
            Assert.Equal(("2", cluster, false), (row.GetString("MembershipVersion"), row.GetString("DeploymentId"), row.ContainsKey("Status")));
        }
    }

    [Fact]
    public async Task A_heartbeat_is_one_merge_of_its_time_alone()
    {
        var table = await WatchedAsync();
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        watch.Seen.Clear();
        await table.UpdateIAmAliveAsync(Entry(1), Token);
        var request = Assert.Single(watch.Seen);
        Assert.Equal(("PATCH", "*"), (request.Method, request.IfMatch));
        Assert.Equal(["IAmAliveTime", "PartitionKey", "RowKey"], System.Text.Json.JsonDocument.Parse(request.Body).RootElement.EnumerateObject().Select(p => p.Name).Where(n => !n.Contains('@', StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task A_stale_token_of_the_row_and_a_call_cancelled_first_ask_the_store_nothing()
    {
        var table = await WatchedAsync();
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        var version = (await table.ReadAllAsync(Token)).Version;
        watch.Seen.Clear();
        Assert.False(await table.UpdateRowAsync(Entry(1), "W/\"another\"", version.Next(), Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.InitializeMembershipTableAsync(true, new CancellationToken(canceled: true)));
        Assert.Empty(watch.Seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_write_without_the_table_s_token_is_refused(string? token)
    {
        var table = await WatchedAsync();
        Assert.False(await table.InsertRowAsync(Entry(1), new TableVersion(1, token!), Token));
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        Assert.False(await table.UpdateRowAsync(Entry(1), token!, new TableVersion(2, token!), Token));
        Assert.Equal(1, (await table.ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task A_missing_table_is_an_outage_and_no_contention()
    {
        var table = AzureClustering.Table(azurite.Tables, cluster, "NoSuchTable");
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.InsertRowAsync(Entry(1), new TableVersion(1, "W/\"x\""), Token));
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.UpdateRowAsync(Entry(1), "W/\"x\"", new TableVersion(1, "W/\"x\""), Token));
    }

    [Fact]
    public async Task Clean_up_spares_a_row_that_changed_since_it_was_read()
    {
        var dead = Entry(1);
        dead.Status = SiloStatus.Dead;
        await FillAsync(cluster, [dead]);
        var table = await WatchedAsync();
        watch.Before = async request =>
        {
            if (request.Uri.Contains("$batch", StringComparison.Ordinal))
            {
                await Table(cluster).UpdateIAmAliveAsync(dead, Token);
            }
        };
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.MaxValue, Token);
        Assert.Single((await table.ReadAllAsync(Token)).Members);
        watch.Before = null;
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.MaxValue, Token);
        Assert.Empty((await table.ReadAllAsync(Token)).Members);
    }

    private async Task<IMembershipTable> WatchedAsync()
    {
        var table = AzureClustering.Table(azurite, cluster, watch);
        await table.InitializeMembershipTableAsync(true, Token);
        return table;
    }
}
