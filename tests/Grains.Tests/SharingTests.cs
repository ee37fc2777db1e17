using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>Teams that share the pool's slots: quotas with borrowing, limits, and what those who wait are told.</summary>
public sealed class SharingTests
{
    private const string Host = "127.0.0.1:1@1";
    private readonly GpuPoolOptions options = new() { Teams = { ["astro"] = new() { Quota = 1 }, ["bio"] = new() { Limit = 1 } } };
    private readonly PoolBook book;
    private readonly List<Lease> running = [];
    private long beats;

    public SharingTests() => book = new(7, () => Guid.Empty, options);

    [Fact]
    public void A_team_below_its_quota_takes_back_the_youngest_slot_that_others_borrow_and_whoever_gave_it_waits_behind()
    {
        Beat();
        Ask("a", "default");
        Run();
        Ask("b", "default", now: 1);
        Run(now: 1);
        Assert.Empty(Beat(now: 2).Yield);
        Assert.Equal("place 1 in the queue for 2 slots; its team astro holds 0 of its quota of 1 slot", Ask("q", "astro", now: 2).Reason);
        book.Schedule(At(2));
        Assert.Equal("team astro, whose quota is 1 slot", book.Describe(At(2)).Leases.Single(l => l.GivesWay is not null).GivesWay);
        var reply = Beat(now: 3);
        var young = running.Single(l => l.ConfigurationKey == "b");
        Assert.Equal([young.Token], reply.Yield);
        Assert.Equal("gave its slot to team astro, whose quota is 1 slot", Assert.Single(reply.YieldFor!));

        // Told again until it has, and nobody else beside it.
        Assert.Equal([young.Token], Beat(now: 4).Yield);
        running.Remove(young);
        Beat(now: 5, finishing: young);
        book.Release("b", young.Token, At(5));
        Assert.Equal("place 2 in the queue for 2 slots, behind team astro, which holds 0 of its quota of 1 slot", Ask("b", "default", int.MinValue, now: 5).Reason);
        Run(now: 5);
        Assert.Equal(["a", "q"], running.Select(l => l.ConfigurationKey));
        Assert.Equal("place 1 in the queue for 2 slots", Ask("b", "default", int.MinValue, now: 5).Reason);
        Assert.Empty(Beat(now: 6).Yield);
    }

    [Fact]
    public void A_slot_that_is_wanted_no_more_before_its_host_has_heard_is_kept()
    {
        Beat();
        Ask("a", "default");
        Ask("b", "default");
        Run();
        Ask("q", "astro");
        book.Schedule(default);
        Assert.Contains(book.Describe(default).Leases, l => l.GivesWay is not null);
        book.WithdrawSweep("astro", 2, SweepHalt.Cancel, default);
        book.Schedule(default);
        Assert.Empty(Beat().Yield);
    }

    [Fact]
    public void A_team_takes_no_more_than_its_limit_though_slots_are_free_and_is_told_so()
    {
        Beat();
        Ask("a", "bio");
        Assert.Equal("place 2 in the queue for 2 slots; its team bio may hold 1 slot at most", Ask("b", "bio").Reason);
        Run();
        Assert.Equal(["a"], running.Select(l => l.ConfigurationKey));
        Assert.Equal("place 1 in the queue: its team bio holds its limit of 1 slot", Ask("b", "bio").Reason);
        Assert.Equal(1, book.Figures().Queue[("c", WaitReason.Limit)]);
        Assert.False(book.Schedule(default));
        book.Release("a", running[0].Token, default);
        running.Clear();
        Run();
        Assert.Equal(["b"], running.Select(l => l.ConfigurationKey));
    }

    [Fact]
    public void Two_of_a_team_for_which_devices_are_kept_free_stay_within_its_limit_though_both_are_free_at_once()
    {
        string[] dead = ["nowhere", "nowhere"];
        string[] classes = ["c", "d"];
        foreach (var numericsClass in classes)
        {
            book.Request(new($"of-{numericsClass}", "bio", 1, numericsClass, 0, 0, null, 1, dead, new("bio", 1)), default);
        }

        var later = options.ReserveAfter;
        book.Heartbeat(new(Host, "host", 1, [.. classes.Select(c => new Device(c, "core", [$"{c}-0"], c, null))], [], [], false, 0, []), later);
        Assert.True(book.Schedule(later));
        Assert.Equal(["of-c"], book.Describe(later).Leases.Select(l => l.Lease.ConfigurationKey));
    }

    [Fact]
    public void Another_activation_knows_from_the_rows_whose_slots_are_held()
    {
        book.Heartbeat(new(Host, "host", 1, [new("cpu", "core", ["cpu-0"], "c", null)], [], [], false, 0, []), default);
        Ask("a", "astro");
        book.Schedule(default);
        var write = Assert.Single(book.TakeWrites(1));
        var entity = LeaseTransaction.Of("pool", 7, default, [write]).Select(a => a.Entity).OfType<Azure.Data.Tables.TableEntity>().Single(e => e.RowKey != LeaseTransaction.EpochRow);
        entity.ETag = new("1");
        var next = new PoolBook(8, () => Guid.Empty, options);
        next.Adopt(LeaseTransaction.Read([entity]), default);
        Assert.Equal(
            [new TeamSnapshot("astro", 1, 1, null, 1, 0), new TeamSnapshot("bio", 1, 0, 1, 0, 0)], next.Describe(default).Teams!);
        foreach (var column in (string[])["Team", "Weight"])
        {
            entity.Remove(column);
        }

        Assert.Equal(PoolShare.Default, LeaseTransaction.Read([entity]).Leases.Single().Share);
    }

    [Fact]
    public void What_is_wrong_with_teams_is_told_at_once()
    {
        options.Teams["Bad Name"] = new() { Weight = 0, Quota = -1 };
        options.Teams["low"] = new() { Quota = 4, Limit = 3 };
        Assert.Equal(
            [
                "Pool:Teams: found the name Bad Name, wanted 1 to 63 of a-z, 0-9 and '-', beginning with a letter.",
                "Pool:Teams:Bad Name:Weight: found 0, wanted a whole number from 1 to 1000.",
                "Pool:Teams:Bad Name:Quota: found -1, wanted a number of slots from 0.",
                "Pool:Teams:low:Limit: found 3, wanted at least its quota, 4 slots, or none.",
            ],
            options.Validate(new(options)).Select(r => r.ErrorMessage));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private RequestReply Ask(string key, string team, int order = 0, int now = 0) => book.Request(new(key, team, 1, "c", 0, order, null, 1, [], new(team, 1)), At(now));

    private HeartbeatReply Beat(int now = 0, Lease? finishing = null) => book.Heartbeat(
        new(Host, "host", ++beats, [new("cpu", "core", ["cpu-0", "cpu-1"], "c", null)], [.. running], finishing is null ? [] : [finishing], false, 0, []), At(now));

    /// <summary>Grants, stores and starts what can be.</summary>
    private void Run(int now = 0)
    {
        IReadOnlyList<LeaseWrite> writes;
        do
        {
            book.Schedule(At(now));
            Start(book.Settle(At(now)));
            writes = book.TakeWrites(10);
            Start(book.Written(writes, At(now)));
        }
        while (writes.Count > 0);

        void Start(IReadOnlyList<PoolMessage> messages)
        {
            foreach (var lease in messages.OfType<PoolMessage.Offer>().Select(o => o.Lease))
            {
                running.Add(lease);
                book.Started(lease.ConfigurationKey, lease.Token, beats, At(now));
            }
        }
    }
}
