using System.Collections.Immutable;
using System.Net;
using SmallBatch.Silo.Health;

namespace SmallBatch.Silo.Tests.Health;

/// <summary>Silos a and b; the view is at version 5.</summary>
public sealed class MembershipMendingTests
{
    private static readonly SiloAddress A = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress B = SiloAddress.New(IPAddress.Loopback, 2, 1);
    private static readonly ClusterMembershipSnapshot Both = View((A, SiloStatus.Active), (B, SiloStatus.Active));

    [Fact]
    public void A_table_that_lost_nothing_is_left_alone()
    {
        Assert.Equal(new(null, true), Next(Both, 5, (A, SiloStatus.Active), (B, SiloStatus.Active)));
        Assert.Equal(new(null, true), Next(Both, 6));
    }

    [Fact]
    public void A_silo_writes_its_own_lost_row_below_the_view_s_version()
    {
        var step = Next(Both, 3, (B, SiloStatus.Active));
        Assert.False(step.Done);
        Assert.Equal((A, SiloStatus.Active, true, 4), Of(step));
        Assert.Equal((A, SiloStatus.Active, false, 4), Of(Next(Both, 3, (A, SiloStatus.Joining), (B, SiloStatus.Active))));
    }

    [Fact]
    public void A_death_that_was_lost_is_written_again()
    {
        var view = View((A, SiloStatus.Active), (B, SiloStatus.Dead));
        Assert.Equal((B, SiloStatus.Dead, false, 5), Of(Next(view, 4, (A, SiloStatus.Active), (B, SiloStatus.Active))));
    }

    [Fact]
    public void Another_silo_s_lost_row_is_waited_for_and_then_is_a_death()
    {
        Assert.Equal(new(null, false), Next(Both, 4, (A, SiloStatus.Active)));
        Assert.Equal((B, SiloStatus.Dead, true, 5), Of(Next(Both, 4, waited: true, (A, SiloStatus.Active))));
    }

    [Fact]
    public void Only_a_whole_table_gets_a_version_above_the_view_s()
    {
        var step = Next(Both, 4, (A, SiloStatus.Active), (B, SiloStatus.Active));
        Assert.True(step.Done);
        Assert.Equal((A, SiloStatus.Active, false, 6), Of(step));
    }

    [Fact]
    public void A_silo_that_is_still_joining_leaves_it_to_its_join() =>
        Assert.Equal(new(null, true), Next(View((A, SiloStatus.Joining), (B, SiloStatus.Active)), 3));

    private static MendingStep Next(ClusterMembershipSnapshot view, int version, params (SiloAddress, SiloStatus)[] rows) => Next(view, version, waited: false, rows);

    private static MendingStep Next(ClusterMembershipSnapshot view, int version, bool waited, params (SiloAddress Silo, SiloStatus Status)[] rows) => MembershipMending.Next(
        view,
        new([.. rows.Select(r => Tuple.Create(Row(r.Silo, r.Status), "tag"))], new(version, "tag")),
        Row(A, SiloStatus.Active),
        waited);

    private static (SiloAddress, SiloStatus, bool, int) Of(MendingStep step) => (step.Write!.Entry.SiloAddress, step.Write.Entry.Status, step.Write.IsNew, step.Write.Version);

    private static MembershipEntry Row(SiloAddress silo, SiloStatus status) => new() { SiloAddress = silo, Status = status, SiloName = "s", HostName = "h" };

    private static ClusterMembershipSnapshot View(params (SiloAddress Silo, SiloStatus Status)[] members) =>
        new(members.ToImmutableDictionary(m => m.Silo, m => new ClusterMember(m.Silo, m.Status, "s")), new MembershipVersion(5));
}
