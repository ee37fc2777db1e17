using System.Net;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SmallBatch.AzureStorage.Clustering;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests;

/// <summary>The contract of membership as the 10.4 runtime uses it, on a real Azurite.</summary>
public sealed class MembershipTests(AzuriteFixture azurite)
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly string cluster = $"c{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Initialising_twice_keeps_what_is_there()
    {
        var table = await TableAsync();
        Assert.True(await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token));
        await (await TableAsync()).InitializeMembershipTableAsync(true, Token);
        var data = await table.ReadAllAsync(Token);
        Assert.Equal((1, 1), (data.Version.Version, data.Members.Count));
    }

    [Fact]
    public async Task A_row_reads_back_as_it_was_written()
    {
        var table = await TableAsync();
        var entry = Entry(1);
        entry.SuspectTimes = [Tuple.Create(Entry(2).SiloAddress, Start)];
        await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token);
        var read = (await table.ReadRowAsync(entry.SiloAddress, Token)).Members.Single().Item1;
        Assert.Equal(entry.ToFullString(), read.ToFullString());
        Assert.Empty((await table.ReadRowAsync(Entry(9).SiloAddress, Token)).Members);
    }

    [Fact]
    public async Task A_stale_table_version_writes_nothing()
    {
        var table = await TableAsync();
        var stale = (await table.ReadAllAsync(Token)).Version.Next();
        Assert.True(await table.InsertRowAsync(Entry(1), stale, Token));
        Assert.False(await table.InsertRowAsync(Entry(2), stale, Token));
        Assert.False(await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token));
        var data = await table.ReadAllAsync(Token);
        Assert.False(await table.UpdateRowAsync(Entry(1), data.Members[0].Item2, stale, Token));
        Assert.False(await table.UpdateRowAsync(Entry(3), data.Version.VersionEtag, data.Version.Next(), Token));
        Assert.Equal(1, (await table.ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task Of_concurrent_updates_one_wins()
    {
        var table = await TableAsync();
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        await table.InsertRowAsync(Entry(2), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        var data = await table.ReadAllAsync(Token);
        var won = await Task.WhenAll(data.Members.Select(m => table.UpdateRowAsync(m.Item1, m.Item2, data.Version.Next(), Token)));
        Assert.Single(won, w => w);
        Assert.Equal(3, (await table.ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task A_heartbeat_leaves_the_tokens_valid()
    {
        var table = await TableAsync();
        var entry = Entry(1);
        await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token);
        var before = await table.ReadAllAsync(Token);
        entry.IAmAliveTime = Start.AddMinutes(5);
        await table.UpdateIAmAliveAsync(entry, Token);
        Assert.Equal(entry.IAmAliveTime, (await table.ReadAllAsync(Token)).Members[0].Item1.IAmAliveTime);
        Assert.True(await table.UpdateRowAsync(entry, before.Members[0].Item2, before.Version.Next(), Token));
    }

    [Fact]
    public async Task Boundary_rows_carry_the_version_so_that_the_official_package_can_read()
    {
        var table = await TableAsync();
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        var rows = azurite.Tables.GetTableClient("OrleansSiloInstances").Query<TableEntity>(e => e.PartitionKey == cluster, cancellationToken: Token).ToList();
        Assert.Equal(["!Start", "127.0.0.1-5001-1", "VersionRow", "~End"], rows.Select(r => r.RowKey));
        Assert.All(new[] { rows[0], rows[2], rows[3] }, r => Assert.Equal("1", r.GetString("MembershipVersion")));
        string[] columns =
        [
            "Address", "DeploymentId", "FaultZone", "Generation", "HostName", "IAmAliveTime", "InstanceName", "Port", "ProxyPort", "RoleName", "SiloName", "StartTime", "Status",
            "SuspectingSilos", "SuspectingTimes", "UpdateZone",
        ];
        Assert.Equal(columns, rows[1].Keys.Where(k => k is not ("PartitionKey" or "RowKey" or "Timestamp" or "odata.etag")).Order(StringComparer.Ordinal));
        Assert.Equal("2026-01-02 03:04:05.000 GMT", rows[1].GetString("StartTime"));
    }

    [Fact]
    public async Task Clusters_whose_ids_share_a_prefix_do_not_meet()
    {
        var (table, other) = (await TableAsync(), await TableAsync(cluster + "-other"));
        await table.InsertRowAsync(Entry(1), (await table.ReadAllAsync(Token)).Version.Next(), Token);
        Assert.Empty((await other.ReadAllAsync(Token)).Members);
        await other.DeleteMembershipTableEntriesAsync(cluster + "-other", Token);
        Assert.Single((await table.ReadAllAsync(Token)).Members);
    }

    [Fact]
    public async Task Only_dead_rows_older_than_the_cutoff_are_cleaned_up()
    {
        var table = await TableAsync();
        foreach (var (generation, status) in new[] { (1, SiloStatus.Dead), (2, SiloStatus.Active), (3, SiloStatus.Dead) })
        {
            var entry = Entry(generation);
            entry.Status = status;
            entry.IAmAliveTime = Start.AddHours(generation);
            await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token);
        }

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Start.AddHours(3)), Token);
        Assert.Equal([2, 3], (await table.ReadAllAsync(Token)).Members.Select(m => m.Item1.SiloAddress.Generation).Order());
    }

    [Fact]
    public async Task Gateways_are_the_active_silos_with_a_proxy_port()
    {
        var table = await TableAsync();
        foreach (var (generation, status, port) in new[] { (1, SiloStatus.Active, 30001), (2, SiloStatus.Dead, 30002), (3, SiloStatus.Active, 0) })
        {
            var entry = Entry(generation);
            (entry.Status, entry.ProxyPort) = (status, port);
            await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token);
        }

        var gateways = new AzureGatewayList(
            Options.Create(new AzureStorageGatewayOptions { TableServiceClient = azurite.Tables }), Options.Create(new GatewayOptions()), Options.Create(new ClusterOptions { ClusterId = cluster }));
        Assert.Equal("gwy.tcp://127.0.0.1:30001/1", Assert.Single(await gateways.GetGatewaysAsync(Token)).ToString());
    }

    private async Task<AzureTableMembership> TableAsync(string? id = null)
    {
        var table = new AzureTableMembership(new AzureStorageClusteringOptions { TableServiceClient = azurite.Tables }, id ?? cluster);
        await table.InitializeMembershipTableAsync(true, Token);
        return table;
    }

    private static MembershipEntry Entry(int generation) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 5000 + generation, generation),
        HostName = "host",
        SiloName = $"silo-{generation}",
        RoleName = "role",
        Status = SiloStatus.Active,
        ProxyPort = 30000,
        StartTime = Start,
        IAmAliveTime = Start,
        SuspectTimes = [],
    };
}
