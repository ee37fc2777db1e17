using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>What takes no work: drained hosts, devices whose trainers die, hosts that refuse, are dead or are to be avoided.</summary>
public sealed class OutageTests
{
    private const string First = "10.0.0.1:11111@5";
    private const string Second = "10.0.0.2:11111@6";
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly PoolBook book = new(7, () => Guid.Empty, new());
    private readonly Dictionary<string, long> beats = [];

    [Theory]
    [InlineData("first")]
    [InlineData(First)]
    [InlineData("10.0.0.1:11111")]
    public void A_drained_host_yields_what_it_runs_and_is_granted_nothing_until_it_is_put_back(string named)
    {
        var lease = Grant("a");
        Beat(First, running: [lease]);
        Assert.Equal(new(null, "first", true, 1), book.Drain(named, "alice", At));
        Assert.Equal(new(null, "first", false, 1), book.Drain(named, "alice", At));
        Store();
        Assert.Equal([lease.Token], Beat(First, running: [lease]).Yield);
        Assert.Equal(("drained by alice", 1), book.Describe(default).Hosts.Select(h => (h.Drain, h.Yielding)).Single());
        book.Release("a", lease.Token, default);
        Store();
        Assert.Equal("every device of numerics class c is out of service: cpu of first: drained by alice", book.Request(Ask("a", order: int.MinValue), default).Reason);
        Assert.False(book.Schedule(default));
        Assert.Equal(("drained by alice", 0), book.Describe(default).Hosts.Select(h => (h.Drain, h.Yielding)).Single());
        Assert.Empty(book.NumericsClasses());
        Assert.Equal(new(null, "first", true, 0), book.Undrain(named, null));
        Assert.True(book.Schedule(default));
        Store();
        Assert.Equal(new(null, "first", false, 0), book.Undrain(named, null));
        Assert.Empty(book.Describe(default).Outages);
    }

    [Fact]
    public void A_drain_outlives_the_activation_of_the_pool_and_the_host_s_restart_under_its_name()
    {
        Beat(First);
        book.Drain("first", "alice", At);
        var row = (OutageEntry)Assert.Single(book.TakeWrites(10)).Entry;
        var next = new PoolBook(8, () => Guid.Empty, new());
        next.Adopt(new([], [new(row.Outage, default)]), default);
        Assert.Equal([new Outage("first", null, "drained by alice", At)], next.Describe(default).Outages);
        next.Heartbeat(Heartbeat("10.0.0.1:11111@99", "first", 1), default);
        next.Request(Ask("a"), default);
        Assert.False(next.Schedule(default));
        Assert.True(next.Undrain("first", null).Changed);
        Assert.True(next.Schedule(default));
    }

    [Fact]
    public void A_host_or_device_that_there_is_not_is_an_error_with_those_there_are()
    {
        Assert.Equal("host: found no 'x', wanted one of none: no host has reported to the pool yet", book.Drain("x", "alice", At).Error);
        Beat(First);
        Beat(Second);
        Assert.Equal("host: found no 'x', wanted one of first, second", book.Drain("x", "alice", At).Error);
        Assert.Equal("host: found no 'x', wanted one of first, second", book.Undrain("x", null).Error);
        Assert.Equal("--device: found 'cuda:9', wanted one of cpu", book.Undrain("first", "cuda:9").Error);
    }

    [Fact]
    public void A_host_that_left_while_it_was_drained_can_still_be_put_back()
    {
        Beat(First);
        book.Drain("first", "alice", At);
        Store();
        book.HostDied(First, "", default);
        Assert.True(book.Undrain("first", null).Changed);
    }

    [Fact]
    public void A_drain_that_is_put_back_before_its_row_is_known_to_be_stored_is_stored_and_removed()
    {
        Beat(First);
        book.Drain("first", "alice", At);
        var write = book.TakeWrites(10);
        book.Undrain("first", null);
        Assert.False(book.OutagesAreStored);
        book.Written(write, default);
        Assert.Equal((LeaseRowKind.Outage, LeaseRowKind.None), book.TakeWrites(10).Select(w => (w.From, w.To)).Single());
    }

    [Fact]
    public void Deaths_in_a_row_of_three_configurations_take_a_device_out_of_service_and_its_host_forgets_them_once_that_is_stored()
    {
        Assert.Empty(Beat(First, failures: [Died("a"), Died("a"), Died("b"), Died("b")]).Judged);
        Assert.Empty(book.Describe(default).Outages);
        DeviceFailure[] failures = [Died("a"), Died("a"), Died("b"), Died("c")];
        Assert.Empty(Beat(First, failures: failures).Judged);
        Store();
        Assert.Equal(["cpu"], Beat(First, failures: failures).Judged);
        var reason = "4 trainer deaths in a row, of 3 configurations that died nowhere else: a at 03:04:05Z: signal 11; b at 03:04:05Z: signal 11; c at 03:04:05Z: signal 11";
        Assert.Equal([new Outage("first", "cpu", reason, At)], book.Describe(default).Outages);
        Assert.Equal(reason, book.Describe(default).Hosts[0].Devices[0].OutOfService);
        Assert.Equal($"every device of numerics class c is out of service: cpu of first: {reason}", book.Request(Ask("d"), default).Reason);
        Assert.False(book.Schedule(default));
        Assert.False(book.Undrain("first", null).Changed);
        Assert.True(book.Undrain("first", "cpu").Changed);
        Store();
        Beat(First);
        Assert.True(book.Schedule(default));
    }

    [Fact]
    public void Configurations_that_die_elsewhere_too_take_no_device_out_of_service_whatever_the_other_host_forgets()
    {
        Beat(Second, failures: [Died("a")]);
        Beat(Second);
        Beat(First, failures: [Died("a"), Died("b"), Died("c")]);
        Assert.Empty(book.Describe(default).Outages);
        Beat(First, failures: [Died("a"), Died("b"), Died("c"), Died("d")]);
        Assert.Equal("cpu", Assert.Single(book.Describe(default).Outages).Device);
    }

    [Fact]
    public void A_full_disk_takes_a_device_out_of_service_at_once_and_trainers_that_do_not_start_at_the_third_time()
    {
        DeviceFailure Failure(DeviceFailureKind kind, string reason) => new("cpu", kind, "a", reason, At);
        Beat(First, failures: [Failure(DeviceFailureKind.DiskFull, "no room on the disk")]);
        Beat(Second, failures: [Failure(DeviceFailureKind.NotStarted, "no such file"), Failure(DeviceFailureKind.NotStarted, "no such file")]);
        Assert.Equal([("first", "no room on the disk")], book.Describe(default).Outages.Select(o => (o.HostName, o.Reason)));
        Beat(Second, failures: [.. Enumerable.Repeat(Failure(DeviceFailureKind.NotStarted, "no such file"), 3)]);
        Assert.Equal("3 trainers in a row did not start; the last: no such file", book.Describe(default).Outages[1].Reason);
    }

    [Fact]
    public void A_host_that_refused_a_start_is_granted_nothing_before_it_has_said_more()
    {
        var lease = Grant("a");
        book.Refused(lease, heartbeatNumber: 1, default);
        Store();
        book.Request(Ask("a", lease.Token), default);
        Assert.False(book.Schedule(default));
        Beat(First);
        Assert.True(book.Schedule(default));
    }

    [Fact]
    public void A_dead_host_s_late_heartbeat_stops_what_it_runs_and_makes_it_no_host_again()
    {
        var lease = Grant("a");
        Beat(First, running: [lease]);
        book.HostDied(First, "its host died", default);
        Store();
        Assert.Equal([lease.Token], Beat(First, running: [lease]).Stop);
        Assert.Empty(book.Describe(default).Hosts);
        book.HostDied("10.0.0.9:11111@1", "never heard of", default);
    }

    [Fact]
    public void A_device_put_back_before_its_host_has_heard_that_it_was_out_stays_in_service()
    {
        DeviceFailure[] failures = [Died("a"), Died("b"), Died("c")];
        Beat(First, failures: failures);
        Store();
        book.Undrain("first", "cpu");
        Assert.Equal(["cpu"], Beat(First, failures: failures).Judged);
        Store();
        Assert.Equal(["cpu"], Beat(First, failures: failures).Judged);
        Assert.Empty(book.Describe(default).Outages);
        DeviceFailure[] more = [.. new[] { "a", "b", "c" }.Select(k => Died(k) with { At = At + TimeSpan.FromSeconds(1) })];
        Beat(First, failures: [.. failures, .. more[..2]]);
        Assert.Empty(book.Describe(default).Outages);
        Beat(First, failures: [.. failures, .. more]);
        Assert.Single(book.Describe(default).Outages);
    }

    [Fact]
    public void A_silent_host_that_speaks_again_is_a_host_again()
    {
        Beat(First);
        book.Tick(TimeSpan.FromSeconds(31), new());
        Assert.Empty(book.Describe(default).Hosts);
        Beat(First);
        Assert.Single(book.Describe(default).Hosts);
    }

    [Fact]
    public void A_host_that_started_anew_takes_its_earlier_life_s_place_and_leases()
    {
        var lease = Grant("a");
        Beat(First, running: [lease]);
        book.Heartbeat(Heartbeat("10.0.0.1:11111@9", "first", 1), default);
        Assert.Contains("started anew", Assert.IsType<PoolMessage.Lost>(Assert.Single(Store())).Reason, StringComparison.Ordinal);
        Assert.Equal([lease.Token], Beat(First, running: [lease]).Stop);
        Assert.Equal("10.0.0.1:11111@9", Assert.Single(book.Describe(default).Hosts).Host);
    }

    [Fact]
    public void A_poisoned_configuration_gets_another_host_s_device_to_itself()
    {
        Beat(First);
        Beat(Second);
        book.Request(Ask("a") with { AvoidHosts = ["10.0.0.1:11111@1", "10.0.0.1:11111@1"] }, default);
        book.Schedule(default);
        var lease = Assert.IsType<PoolMessage.Offer>(Assert.Single(Store())).Lease;
        Assert.Equal(Second, lease.Host);
        book.Request(Ask("b"), default);
        book.Request(Ask("c"), default);
        book.Request(Ask("d"), default);
        book.Schedule(default);
        Assert.All(Store(), m => Assert.Equal(First, m.Lease.Host));
        Assert.Equal("d", Assert.Single(book.Describe(default).Queue).ConfigurationKey);

        var next = new PoolBook(8, () => Guid.Empty, new());
        next.Adopt(new([new(lease, "s", 1, true, LeaseRowKind.Slot, default, PoolShare.Default)], []), default);
        next.Heartbeat(Heartbeat(Second, "second", 1, running: [lease]), default);
        next.Request(Ask("d"), default);
        Assert.False(next.Schedule(default));
    }

    [Fact]
    public void A_poisoned_configuration_lets_others_pass_until_it_has_waited_long_and_then_its_device_empties()
    {
        var lease = Grant("a");
        Beat(First, running: [lease]);
        var poisoned = Ask("b") with { AvoidHosts = [First, First], Order = int.MinValue };
        Assert.Equal("place 1 in the queue for a device of its own: its trainer died 2 times", book.Request(poisoned, default).Reason);
        book.Request(Ask("c"), default);
        var soon = TimeSpan.FromSeconds(59);
        Assert.True(book.Schedule(soon));
        var passed = Assert.Single(Store()).Lease;
        Assert.Equal("c", passed.ConfigurationKey);
        var late = TimeSpan.FromSeconds(60);
        book.Request(Ask("d"), soon);
        book.Release("a", lease.Token, late);
        Store();
        Assert.False(book.Schedule(late));
        book.Release("c", passed.Token, late);
        Store();
        Assert.True(book.Schedule(late));
        Assert.Equal("b", Assert.Single(Store()).Lease.ConfigurationKey);
        Assert.Equal("d", Assert.Single(book.Describe(late).Queue).ConfigurationKey);
    }

    [Fact]
    public void A_host_where_it_died_is_taken_once_no_other_with_its_class_is_in_service()
    {
        Beat(First);
        Beat(Second);
        Assert.Equal(
            "place 1 in the queue for a device of its own on another host: its trainer died 2 times", book.Request(Ask("a") with { AvoidHosts = [First, First] }, default).Reason);
        book.Drain("second", "alice", At);
        book.Schedule(default);
        Assert.Equal(First, Assert.Single(Store()).Lease.Host);
    }

    private static LeaseRequest Ask(string key, LeaseToken? token = null, int order = 0) => new(key, "s", 1, "c", 0, order, token, 1, []);

    private static DeviceFailure Died(string key) => new("cpu", DeviceFailureKind.Died, key, "signal 11", At);

    private static HostHeartbeat Heartbeat(string host, string name, long number, Lease[]? running = null, DeviceFailure[]? failures = null) =>
        new(host, name, number, [new("cpu", "core", ["cpu-0", "cpu-1"], "c", null)], running ?? [], [], false, 0, failures ?? []);

    private HeartbeatReply Beat(string host, Lease[]? running = null, DeviceFailure[]? failures = null)
    {
        beats[host] = beats.GetValueOrDefault(host) + 1;
        return book.Heartbeat(Heartbeat(host, host == First ? "first" : "second", beats[host], running, failures), default);
    }

    private Lease Grant(string key)
    {
        Beat(First);
        book.Request(Ask(key), default);
        book.Schedule(default);
        return Assert.IsType<PoolMessage.Offer>(Assert.Single(Store())).Lease;
    }

    private List<PoolMessage> Store()
    {
        var messages = new List<PoolMessage>();
        messages.AddRange(book.Settle(default));
        while (book.TakeWrites(10) is { Count: > 0 } writes)
        {
            messages.AddRange(book.Written(writes, default));
        }

        return messages;
    }
}
