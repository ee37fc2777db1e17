using Azure.Data.Tables;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>The guards of the lease protocol: each test is the interleaving that breaks it where the guard is missing.</summary>
public sealed class PoolBookTests
{
    private const string Host = "127.0.0.1:1@1";
    private static readonly GpuPoolOptions Options = new();
    private readonly PoolBook book = new(7, () => Guid.Empty, new());
    private long heartbeat;

    [Fact]
    public void A_lease_is_told_to_nobody_before_its_row_is_stored()
    {
        Beat();
        book.Request(Ask("a"), default);
        book.Schedule(default);
        Assert.Empty(book.Settle(default));
        var writes = book.TakeWrites(10);
        Assert.Equal((LeaseRowKind.None, LeaseRowKind.Slot), (Assert.Single(writes).From, writes[0].To));
        Assert.IsType<PoolMessage.Offer>(Assert.Single(book.Written(writes, default)));
    }

    [Fact]
    public void A_slot_s_row_goes_from_one_lease_to_the_next_in_one_transaction_and_the_next_is_told_once_that_is_stored()
    {
        var first = Grant("a");
        book.Request(Ask("b"), default);
        book.Request(Ask("c"), default);
        book.Schedule(default);
        Assert.Empty(book.TakeWrites(10));
        book.Release("a", first.Token, default);
        book.Schedule(default);
        var writes = book.TakeWrites(10);
        Assert.Equal([("a", LeaseRowKind.Slot, LeaseRowKind.None), ("b", LeaseRowKind.None, LeaseRowKind.Slot)], writes.Select(w => (KeyOf(w), w.From, w.To)));
        var actions = LeaseTransaction.Of("pool", 7, default, writes);
        Assert.Equal([TableTransactionActionType.UpdateReplace, TableTransactionActionType.UpdateReplace], actions.Select(a => a.ActionType));
        Assert.Equal(("b", writes[0].Entry.RowTag), (((TableEntity)actions[1].Entity).GetString("ConfigurationKey"), actions[1].ETag));
        Assert.False(book.Schedule(default));
        Assert.Equal("b", Assert.IsType<PoolMessage.Offer>(Assert.Single(book.Written(writes, default))).Lease.ConfigurationKey);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_that_may_have_been_handed_on_is_whose_the_store_says_it_is(bool done)
    {
        var first = Grant("a");
        book.Request(Ask("b"), default);
        book.Release("a", first.Token, default);
        book.Schedule(default);
        var writes = book.TakeWrites(10);
        PoolBook.NotWritten(writes, Stored(((LeaseEntry)writes[done ? 1 : 0].Entry).Lease));
        var messages = book.Settle(default).ToList();
        Assert.Equal(done, messages.Count == 1);
        Assert.Equal(done ? [] : ["a", "b"], book.TakeWrites(10) is { Count: > 0 } again ? again.Select(KeyOf) : []);
    }

    [Fact]
    public void A_slot_that_was_given_while_its_last_row_s_removal_was_under_way_is_written_after_that_removal()
    {
        var first = Grant("a");
        book.Release("a", first.Token, default);
        var removal = book.TakeWrites(10);
        book.Request(Ask("b"), default);
        Assert.True(book.Schedule(default));
        PoolBook.NotWritten(removal, Stored(first));
        Assert.Equal(["a"], book.TakeWrites(1).Select(KeyOf));
    }

    [Fact]
    public void A_heartbeat_built_before_the_start_does_not_lose_the_lease()
    {
        var lease = Grant("a");
        book.Started("a", lease.Token, heartbeatNumber: 5, default);
        Beat(number: 5);
        Assert.Equal(RequestState.Holds, book.Request(Ask("a", lease.Token), default).State);
        Beat(number: 6);
        Store();
        Assert.Equal(RequestState.Waiting, book.Request(Ask("a", lease.Token), default).State);
    }

    [Fact]
    public void A_lease_that_its_host_lists_is_held_though_the_acknowledgement_was_lost()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        Assert.Equal(RequestState.Holds, book.Request(Ask("a", lease.Token), default).State);
    }

    [Fact]
    public void An_offer_that_nobody_acknowledges_is_withdrawn_and_its_request_waits_again()
    {
        Grant("a");
        book.Tick(TimeSpan.FromSeconds(16), new() { SilentHostAfter = TimeSpan.FromHours(1) });
        var lost = Assert.IsType<PoolMessage.Lost>(Assert.Single(Store()));
        Assert.Contains("not acknowledged", lost.Reason, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(book.Describe(default).Queue).ConfigurationKey);
    }

    [Fact]
    public void An_unacknowledged_outcome_frees_the_slot_and_is_not_called_lost()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        Beat(finishing: [lease]);
        book.Request(Ask("b"), default);
        Assert.Empty(Store());
        Assert.Equal(RequestState.Finishing, book.Request(Ask("a", lease.Token), default).State);
        book.Schedule(default);
        Assert.Equal("b", ((LeaseEntry)Assert.Single(book.TakeWrites(10)).Entry).Lease.ConfigurationKey);
    }

    [Fact]
    public void A_host_that_dies_with_an_unacknowledged_outcome_loses_it_and_the_holder_is_told()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        Beat(finishing: [lease]);
        Store();
        book.HostDied(Host, "its host died", default);
        Assert.Equal(lease.Token, Assert.IsType<PoolMessage.Lost>(Assert.Single(Store())).Lease.Token);
    }

    [Fact]
    public void A_silent_host_loses_its_leases()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        book.Tick(TimeSpan.FromSeconds(29), Options);
        Assert.Empty(Store());
        book.Tick(TimeSpan.FromSeconds(31), Options);
        Assert.Contains("silent for 31 s", Assert.IsType<PoolMessage.Lost>(Assert.Single(Store())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_is_told_to_stop_what_it_no_longer_holds()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        book.HostDied(Host, "cut off", default);
        Store();
        Assert.Equal([lease.Token], Beat(running: [lease]));
    }

    [Fact]
    public void A_cancelled_sweep_loses_leases_and_queue_and_older_requests_are_refused()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        book.Request(Ask("b"), default);
        book.WithdrawSweep("s", 2, SweepHalt.Cancel, default);
        Assert.True(book.HoldsBefore("s", 2));
        Assert.Equal([lease.Token], Beat(running: [lease]));
        Store();
        Assert.False(book.HoldsBefore("s", 2));
        Assert.Empty(book.Describe(default).Queue);
        Assert.Equal(RequestState.Refused, book.Request(Ask("a", lease.Token), default).State);
    }

    [Fact]
    public void A_paused_sweep_has_its_leases_given_up_and_keeps_nothing_in_the_queue()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        book.Request(Ask("b"), default);
        book.WithdrawSweep("s", 2, SweepHalt.Pause, default);
        var reply = book.Heartbeat(new(Host, "host", ++heartbeat, [], [lease], [], false, 0, []), default);
        Assert.Empty(reply.Stop);
        Assert.Equal([lease.Token], reply.Yield);
        Assert.Equal(RequestState.Holds, book.Request(Ask("a", lease.Token), default).State);
        Assert.Empty(book.Describe(default).Queue);
        book.Release("a", lease.Token, default);
        Store();
        Assert.Equal(RequestState.Refused, book.Request(Ask("a", lease.Token), default).State);
        Assert.Equal(RequestState.Refused, book.Request(Ask("a", lease.Token) with { ControlVersion = 2 }, default).State);
        Assert.Equal(RequestState.Waiting, book.Request(Ask("a", lease.Token) with { ControlVersion = 3 }, default).State);
    }

    [Fact]
    public void A_holder_that_knows_another_token_than_the_host_gets_a_new_lease()
    {
        var lease = Grant("a");
        Beat(running: [lease]);
        Assert.Equal(RequestState.Waiting, book.Request(Ask("a", token: null), default).State);
        Assert.Equal([lease.Token], Beat(running: [lease]));
        Store();
        book.Schedule(default);
        var again = ((LeaseEntry)Assert.Single(book.TakeWrites(10)).Entry).Lease;
        Assert.True(again.Token.IsHigherThan(lease.Token));
    }

    [Fact]
    public void A_new_activation_adopts_stored_leases_and_their_hosts_confirm_them()
    {
        var lease = new Lease("a", new(6, 1, Guid.Empty), Host, "cpu-0", "cpu");
        book.Adopt(Stored(lease), default);
        Beat(running: [lease]);
        Assert.Equal(RequestState.Holds, book.Request(Ask("a", lease.Token), default).State);
        Assert.Empty(book.TakeWrites(10));
    }

    [Fact]
    public void A_lease_whose_host_never_speaks_to_this_activation_is_lost_though_its_holder_does()
    {
        var lease = new Lease("a", new(6, 1, Guid.Empty), Host, "cpu-0", "cpu");
        book.Adopt(Stored(lease), default);
        Assert.True(book.Started("a", lease.Token, 3, default));
        book.Tick(TimeSpan.FromSeconds(29), Options);
        Assert.Empty(Store());
        book.Tick(TimeSpan.FromSeconds(31), Options);
        Assert.Equal("its host is gone", Assert.IsType<PoolMessage.Lost>(Assert.Single(Store())).Reason);
    }

    [Fact]
    public void A_write_whose_answer_was_lost_is_taken_as_the_store_has_it()
    {
        Beat();
        book.Request(Ask("a"), default);
        book.Schedule(default);
        var writes = book.TakeWrites(10);
        PoolBook.NotWritten(writes, Stored(((LeaseEntry)Assert.Single(writes).Entry).Lease));
        Assert.IsType<PoolMessage.Offer>(Assert.Single(book.Settle(default)));
    }

    [Fact]
    public void A_doubled_heartbeat_changes_nothing()
    {
        var lease = Grant("a");
        Beat(number: 9, running: [lease]);
        Beat(number: 9);
        Beat(number: 8);
        Assert.Equal(RequestState.Holds, book.Request(Ask("a", lease.Token), default).State);
    }

    [Fact]
    public void A_book_is_behind_where_a_host_has_seen_tokens_of_a_later_epoch()
    {
        HostHeartbeat Beat(long epoch) => new(Host, "host", 1, [], [], [], false, epoch, []);
        Assert.False(book.IsBehind(Beat(7)));
        Assert.True(book.IsBehind(Beat(8)));
    }

    [Fact]
    public void Numerics_class_is_a_hard_constraint_and_the_reason_names_what_is_on_offer()
    {
        Beat();
        var reply = book.Request(Ask("a") with { NumericsClass = "other" }, default);
        Assert.Equal("no slot of numerics class other; on offer: c", reply.Reason);
        Assert.False(book.Schedule(default));
    }

    [Fact]
    public void A_device_out_of_service_takes_nothing_and_whoever_waits_for_its_class_is_told_why()
    {
        book.Heartbeat(new(Host, "host", 1, [new("cuda:0", "gpu", ["cuda:0"], "c", "it is lost"), new("cpu", "core", ["cpu-0"], "other", null)], [], [], false, 0, []), default);
        Assert.Equal("every device of numerics class c is out of service: cuda:0 of host: it is lost", book.Request(Ask("a"), default).Reason);
        Assert.False(book.Schedule(default));
        Assert.Equal(["other"], book.NumericsClasses());
    }

    [Fact]
    public void In_a_long_queue_whoever_asks_is_told_its_place_as_it_was_not_long_ago_and_with_the_next_tick_as_it_is()
    {
        Beat();
        for (var i = 0; i < 320; i++)
        {
            Assert.Equal(i + 1, book.Request(Ask($"k{i}"), default).Position);
        }

        book.Describe(default);
        Assert.Equal(321, book.Request(Ask("urgent") with { Priority = 9 }, default).Position);
        Assert.Equal(200, book.Request(Ask("k199"), default).Position);
        Assert.Equal(1, book.Request(Ask("urgent") with { Priority = 9 }, Options.TickPeriod).Position);
        Assert.Equal(201, book.Request(Ask("k199"), Options.TickPeriod).Position);
        Assert.Equal("urgent", book.Describe(Options.TickPeriod).Queue[0].ConfigurationKey);
    }

    private static LeaseRequest Ask(string key, LeaseToken? token = null) => new(key, "s", 1, "c", 0, 0, token, 1, []);

    private LeaseToken[] Beat(long? number = null, Lease[]? running = null, Lease[]? finishing = null)
    {
        heartbeat = number ?? heartbeat + 1;
        return book.Heartbeat(new(Host, "host", heartbeat, [new("cpu", "core", ["cpu-0"], "c", null)], running ?? [], finishing ?? [], false, 0, []), default).Stop;
    }

    private Lease Grant(string key)
    {
        Beat();
        book.Request(Ask(key), default);
        book.Schedule(default);
        return Assert.IsType<PoolMessage.Offer>(Assert.Single(Store())).Lease;
    }

    private static string KeyOf(LeaseWrite write) => ((LeaseEntry)write.Entry).Lease.ConfigurationKey;

    private static PoolRows Stored(Lease lease) => new([new(lease, "s", 1, false, LeaseRowKind.Slot, default, PoolShare.Default)], []);

    private List<PoolMessage> Store()
    {
        var messages = new List<PoolMessage>();
        while (book.TakeWrites(10) is { Count: > 0 } writes)
        {
            messages.AddRange(book.Written(writes, default));
        }

        return messages;
    }
}
