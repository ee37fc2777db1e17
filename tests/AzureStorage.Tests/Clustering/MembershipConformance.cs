using System.Net;

namespace SmallBatch.AzureStorage.Tests.Clustering;

/// <summary>What the 10.4 runtime expects of any membership table, on a real Azurite.</summary>
public abstract class MembershipConformance
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly string cluster = $"c{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_that_was_never_made_ready_is_no_empty_cluster() =>
        await Assert.ThrowsAnyAsync<Exception>(() => Table(cluster).ReadAllAsync(Token));

    [Fact]
    public async Task Initialising_again_keeps_what_is_there()
    {
        var table = await TableAsync();
        Assert.True(await InsertAsync(table, Entry(1)));
        await (await TableAsync()).InitializeMembershipTableAsync(true, Token);
        var data = await table.ReadAllAsync(Token);
        Assert.Equal((1, 1), (data.Version.Version, data.Members.Count));
    }

    [Fact]
    public async Task Many_may_initialise_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TableAsync()));
        Assert.Equal(0, (await (await TableAsync()).ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task Each_write_raises_the_version_by_one_and_every_row_has_the_table_s_token()
    {
        var table = await TableAsync();
        for (var i = 1; i <= 3; i++)
        {
            Assert.True(await InsertAsync(table, Entry(i)));
            var data = await table.ReadAllAsync(Token);
            Assert.Equal((i, i), (data.Version.Version, data.Members.Count));
            Assert.All(data.Members, m => Assert.Equal(data.Version.VersionEtag, m.Item2));
        }
    }

    [Fact]
    public async Task A_row_reads_back_as_it_was_written_and_alone_as_with_all()
    {
        var table = await TableAsync();
        var entry = Entry(1);
        entry.SuspectTimes = [Tuple.Create(Entry(2).SiloAddress, Start), Tuple.Create(Entry(3).SiloAddress, Start.AddMilliseconds(1))];
        await InsertAsync(table, entry);
        var alone = await table.ReadRowAsync(entry.SiloAddress, Token);
        var all = await table.ReadAllAsync(Token);
        Assert.Equal(entry.ToFullString(), alone.Members.Single().Item1.ToFullString());
        Assert.Equal(all.Members.Single().Item1.ToFullString(), alone.Members.Single().Item1.ToFullString());
        Assert.Equal((all.Version.Version, all.Version.VersionEtag), (alone.Version.Version, alone.Version.VersionEtag));
    }

    [Fact]
    public async Task An_IPv6_silo_reads_back_too()
    {
        var table = await TableAsync();
        var entry = Entry(1);
        entry.SiloAddress = SiloAddress.New(IPAddress.Parse("fe80::1"), 5000, 7);
        await InsertAsync(table, entry);
        Assert.Equal(entry.SiloAddress, (await table.ReadRowAsync(entry.SiloAddress, Token)).Members.Single().Item1.SiloAddress);
    }

    [Fact]
    public async Task A_silo_that_is_not_there_reads_as_no_member_and_the_version()
    {
        var table = await TableAsync();
        await InsertAsync(table, Entry(1));
        var data = await table.ReadRowAsync(Entry(9).SiloAddress, Token);
        Assert.Equal((0, 1), (data.Members.Count, data.Version.Version));
    }

    [Fact]
    public async Task What_was_handed_in_or_out_is_no_part_of_the_store()
    {
        var table = await TableAsync();
        var entry = Entry(1);
        await InsertAsync(table, entry);
        entry.AddSuspector(Entry(2).SiloAddress, Start);
        var read = (await table.ReadAllAsync(Token)).Members.Single().Item1;
        Assert.Empty(read.SuspectTimes ?? []);
        read.Status = SiloStatus.Dead;
        Assert.Equal(SiloStatus.Active, (await table.ReadAllAsync(Token)).Members.Single().Item1.Status);
    }

    [Fact]
    public async Task A_stale_token_a_second_insert_and_an_update_of_nothing_are_refused_and_change_nothing()
    {
        var table = await TableAsync();
        var stale = (await table.ReadAllAsync(Token)).Version.Next();
        Assert.True(await table.InsertRowAsync(Entry(1), stale, Token));
        Assert.False(await table.InsertRowAsync(Entry(2), stale, Token));
        Assert.False(await InsertAsync(table, Entry(1)));
        var data = await table.ReadAllAsync(Token);
        Assert.False(await table.UpdateRowAsync(Entry(1), data.Members[0].Item2, stale, Token));
        Assert.False(await table.UpdateRowAsync(Entry(1), stale.VersionEtag, stale, Token));
        Assert.False(await table.UpdateRowAsync(Entry(3), data.Version.VersionEtag, data.Version.Next(), Token));
        var after = await table.ReadAllAsync(Token);
        Assert.Equal((1, 1, data.Version.VersionEtag), (after.Version.Version, after.Members.Count, after.Version.VersionEtag));
    }

    [Fact]
    public async Task Of_concurrent_updates_of_two_rows_one_wins()
    {
        var (table, other) = (await TableAsync(), await TableAsync());
        await InsertAsync(table, Entry(1));
        await InsertAsync(table, Entry(2));
        var data = await table.ReadAllAsync(Token);
        var won = await Task.WhenAll(
            table.UpdateRowAsync(data.Members[0].Item1, data.Members[0].Item2, data.Version.Next(), Token),
            other.UpdateRowAsync(data.Members[1].Item1, data.Members[1].Item2, data.Version.Next(), Token));
        Assert.Single(won, w => w);
        Assert.Equal(3, (await table.ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task A_heartbeat_changes_its_time_alone_and_leaves_every_token_valid()
    {
        var table = await TableAsync();
        var entry = Entry(1);
        await InsertAsync(table, entry);
        var before = await table.ReadAllAsync(Token);
        var beat = Entry(1);
        (beat.IAmAliveTime, beat.Status) = (Start.AddMinutes(5), SiloStatus.Dead);
        await table.UpdateIAmAliveAsync(beat, Token);
        var after = await table.ReadAllAsync(Token);
        Assert.Equal((Start.AddMinutes(5), SiloStatus.Active, 1), (after.Members[0].Item1.IAmAliveTime, after.Members[0].Item1.Status, after.Version.Version));
        Assert.Equal(before.Members[0].Item2, after.Members[0].Item2);
        entry.AddSuspector(Entry(2).SiloAddress, Start);
        Assert.True(await table.UpdateRowAsync(entry, before.Members[0].Item2, before.Version.Next(), Token));
    }

    [Fact]
    public async Task A_heartbeat_of_a_row_that_is_not_there_fails() =>
        await Assert.ThrowsAnyAsync<Exception>(async () => await (await TableAsync()).UpdateIAmAliveAsync(Entry(1), Token));

    [Fact]
    public async Task Readers_see_whole_views_while_others_write()
    {
        var table = await TableAsync();
        using var done = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            var views = new List<(int Version, int Members)>();
            while (!done.IsCancellationRequested)
            {
                var data = await table.ReadAllAsync(Token);
                views.Add((data.Version.Version, data.Members.Count));
            }

            return views;
        }, Token);
        for (var i = 1; i <= 40; i++)
        {
            await InsertAsync(table, Entry(i));
        }

        await done.CancelAsync();
        Assert.All(await reading, v => Assert.Equal(v.Version, v.Members));
    }

    [Fact]
    public async Task More_members_than_a_page_holds_are_read_cleaned_up_and_deleted_all()
    {
        const int members = 1_100;
        const int dead = 250;
        var table = await TableAsync();
        await FillAsync(cluster, [.. Enumerable.Range(1, members).Select(i =>
        {
            var entry = Entry(i);
            entry.Status = i <= dead ? SiloStatus.Dead : SiloStatus.Active;
            return entry;
        })]);
        var data = await table.ReadAllAsync(Token);
        Assert.Equal(members, data.Members.Select(m => m.Item1.SiloAddress).Distinct().Count());
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.MaxValue, Token);
        Assert.Equal(members - dead, (await table.ReadAllAsync(Token)).Members.Count);
        await table.DeleteMembershipTableEntriesAsync(cluster, Token);
        await table.InitializeMembershipTableAsync(true, Token);
        Assert.Empty((await table.ReadAllAsync(Token)).Members);
    }

    [Fact]
    public async Task Clusters_whose_ids_share_a_prefix_do_not_meet()
    {
        var (table, other) = (await TableAsync(), await TableAsync(cluster + "-other"));
        await InsertAsync(table, Entry(1));
        await InsertAsync(other, Entry(2));
        Assert.Equal(1, Assert.Single((await table.ReadAllAsync(Token)).Members).Item1.SiloAddress.Generation);
        await other.DeleteMembershipTableEntriesAsync(cluster + "-other", Token);
        Assert.Single((await table.ReadAllAsync(Token)).Members);
        await Assert.ThrowsAnyAsync<Exception>(() => other.ReadAllAsync(Token));
    }

    [Fact]
    public async Task Clean_up_takes_the_dead_whose_last_word_is_older_than_the_cutoff()
    {
        var table = await TableAsync();
        foreach (var (generation, status) in new[] { (1, SiloStatus.Dead), (2, SiloStatus.Active), (3, SiloStatus.Dead), (4, SiloStatus.Joining) })
        {
            var entry = Entry(generation);
            (entry.Status, entry.IAmAliveTime) = (status, Start.AddHours(generation == 3 ? 3 : 1));
            await InsertAsync(table, entry);
        }

        var suspected = Entry(5);
        (suspected.Status, suspected.SuspectTimes) = (SiloStatus.Dead, [Tuple.Create(Entry(2).SiloAddress, Start.AddHours(4))]);
        await InsertAsync(table, suspected);
        var late = Entry(6);
        (late.Status, late.StartTime) = (SiloStatus.Dead, Start.AddHours(4));
        await InsertAsync(table, late);
        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Start.AddHours(3)), Token);
        var data = await table.ReadAllAsync(Token);
        Assert.Equal([2, 3, 4, 5, 6], data.Members.Select(m => m.Item1.SiloAddress.Generation).Order());
        Assert.Equal(6, data.Version.Version);
    }

    [Fact]
    public async Task The_older_methods_do_the_same()
    {
        var table = await TableAsync();
#pragma warning disable CS0618 // The runtime calls the asynchronous twins; others may still call these.
        await table.InitializeMembershipTable(true);
        Assert.True(await table.InsertRow(Entry(1), (await table.ReadAll()).Version.Next()));
        var data = await table.ReadRow(Entry(1).SiloAddress);
        Assert.True(await table.UpdateRow(Entry(1), data.Members[0].Item2, data.Version.Next()));
        await table.UpdateIAmAlive(Entry(1));
        await table.CleanupDefunctSiloEntries(DateTimeOffset.MaxValue);
        Assert.Single((await table.ReadAll()).Members);
        await table.DeleteMembershipTableEntries(cluster);
#pragma warning restore CS0618
        await Assert.ThrowsAnyAsync<Exception>(() => table.ReadAllAsync(Token));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_first_touches_nothing()
    {
        var table = await TableAsync();
        var version = (await table.ReadAllAsync(Token)).Version;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.InsertRowAsync(Entry(1), version.Next(), new CancellationToken(canceled: true)));
        Assert.Empty((await table.ReadAllAsync(Token)).Members);
    }

    /// <summary>A table of this cluster, made afresh on the same store, not made ready.</summary>
    protected abstract IMembershipTable Table(string clusterId);

    /// <summary>Writes rows beside the contract, in bulk.</summary>
    protected abstract Task FillAsync(string clusterId, IReadOnlyList<MembershipEntry> entries);

    /// <summary>An active silo.</summary>
    protected static MembershipEntry Entry(int generation) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 5000 + generation, generation),
        HostName = "hôst",
        SiloName = $"silo-{generation}",
        RoleName = "role",
        Status = SiloStatus.Active,
        ProxyPort = 30000,
        StartTime = Start,
        IAmAliveTime = Start,
        SuspectTimes = [],
    };

    private static async Task<bool> InsertAsync(IMembershipTable table, MembershipEntry entry) =>
        await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token);

    private async Task<IMembershipTable> TableAsync(string? id = null)
    {
        var table = Table(id ?? cluster);
        await table.InitializeMembershipTableAsync(true, Token);
        return table;
    }
}
