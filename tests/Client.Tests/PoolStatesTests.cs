using SmallBatch.Client.Views;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Client.Tests;

public sealed class PoolStatesTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Device Device = new("cuda:0", "gpu", ["cuda:0"], "c", null);
    private static readonly HostSnapshot Host = new("10.0.0.1:11111@5", "first", [Device], 1, null, 0);

    [Theory]
    [InlineData(null, 0, null, null, "free")]
    [InlineData(null, 0, null, RequestState.Offered, "offered")]
    [InlineData(null, 0, null, RequestState.Holds, "training")]
    [InlineData(null, 0, "it is lost", null, "out of service")]
    [InlineData(null, 0, "it is lost", RequestState.Holds, "training")]
    [InlineData("drained by alice", 2, null, RequestState.Holds, "yielding")]
    [InlineData("drained by alice", 2, null, null, "draining")]
    [InlineData("drained by alice", 0, null, null, "drained")]
    public void A_slot_s_state_is_one_word(string? drain, int yielding, string? outOfService, RequestState? lease, string word) =>
        Assert.Equal(word, PoolStates.Of(
            Host with { Drain = drain, Yielding = yielding },
            Device with { OutOfService = outOfService },
            lease is { } state ? new(new("k", new(1, 1, Guid.Empty), Host.Host, "cuda:0", "cuda:0"), "s", state, 1) : null));

    [Fact]
    public void A_lease_that_gives_way_is_yielding_and_says_to_whom()
    {
        var lease = new LeaseSnapshot(new("k", new(1, 1, Guid.Empty), Host.Host, "cuda:0", "cuda:0"), "s", RequestState.Holds, 1, "default", "team astro, whose quota is 1 slot");
        Assert.Equal("yielding", PoolStates.Of(Host, Device, lease));
        Assert.Equal(["k gives its slot to team astro, whose quota is 1 slot, after a last checkpoint."], PoolStates.Reasons(new(1, [Host], [lease], [], [])));
    }

    [Fact]
    public void Teams_are_shown_where_there_is_more_than_the_one_without_settings()
    {
        var alone = new TeamSnapshot("default", 1, 0, null, 3, 2);
        Assert.Empty(PoolStates.Shared(new(1, [], [], [], [])));
        Assert.Empty(PoolStates.Shared(new(1, [], [], [], [], [alone])));
        Assert.Single(PoolStates.Shared(new(1, [], [], [], [], [alone with { Limit = 4 }])));
        Assert.Equal(2, PoolStates.Shared(new(1, [], [], [], [], [alone with { Name = "astro" }, alone])).Count);
    }

    [Fact]
    public void Each_reason_is_told_once_with_since_when_and_what_puts_it_back()
    {
        var lost = Device with { OutOfService = "it is lost" };
        var pool = new PoolSnapshot(
            1,
            [Host with { Drain = "drained by alice", Yielding = 1 }, new("10.0.0.2:11111@5", "second", [lost], 1, "it was asked to stop", 0)],
            [],
            [],
            [new("first", null, "drained by alice", Since), new("third", null, "drained by bob", Since)]);
        Assert.Equal(
            [
                "first: drained by alice at 2026-01-02 03:04:05Z; 1 lease is still yielding. 'smallbatch pool undrain first' puts it back.",
                "second: it was asked to stop; it has given up all its leases.",
                "cuda:0 of second is out of service: it is lost.",
                "third: drained by bob at 2026-01-02 03:04:05Z; the host does not speak at present. 'smallbatch pool undrain third' puts it back.",
            ],
            PoolStates.Reasons(pool));
    }
}
