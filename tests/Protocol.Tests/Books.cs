using System.Runtime.CompilerServices;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>Reads and copies a pool's book: a search goes on from one book in many ways.</summary>
internal static class Books
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "hosts")]
    public static extern ref Dictionary<string, HostEntry> Hosts(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "leases")]
    public static extern ref LeaseIndex Leases(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "queue")]
    public static extern ref WaitingQueue Queue(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "control")]
    public static extern ref Dictionary<string, long> Control(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "leftovers")]
    public static extern ref List<LeaseEntry> Leftovers(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "outages")]
    public static extern ref Dictionary<(string HostName, string? Device), OutageEntry> Outages(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "dead")]
    public static extern ref HashSet<string> Dead(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "options")]
    public static extern ref GpuPoolOptions Options(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "sequence")]
    public static extern ref long Sequence(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "arrivals")]
    public static extern ref long Arrivals(PoolBook book);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "scheduleIsDue")]
    public static extern ref bool ScheduleIsDue(PoolBook book);

    /// <summary>A copy, and of each entry the copy.</summary>
    public static PoolBook Copy(PoolBook book, Func<Guid> newId, Dictionary<RowEntry, RowEntry> copies)
    {
        var copy = new PoolBook(book.Epoch, newId, Options(book));
        foreach (var (key, host) in Hosts(book))
        {
            Hosts(copy)[key] = new(host.Host) { HostName = host.HostName, Devices = host.Devices, LastNumber = host.LastNumber, LastSeen = host.LastSeen, Draining = host.Draining, RefusedAt = host.RefusedAt };
        }

        foreach (var entry in Leases(book).All)
        {
            var lease = Copy(entry);
            Leases(copy).Put(lease);
            copies[entry] = lease;
        }

        foreach (var waiting in Queue(book).All)
        {
            Queue(copy).Put(waiting);
        }

        foreach (var (key, version) in Control(book))
        {
            Control(copy)[key] = version;
        }

        foreach (var entry in Leftovers(book))
        {
            var lease = Copy(entry);
            Leftovers(copy).Add(lease);
            copies[entry] = lease;
        }

        foreach (var (key, entry) in Outages(book))
        {
            var outage = new OutageEntry(entry.Outage) { Lifted = entry.Lifted, Row = entry.Row, RowTag = entry.RowTag, Writing = entry.Writing };
            Outages(copy)[key] = outage;
            copies[entry] = outage;
        }

        Dead(copy).UnionWith(Dead(book));

        Sequence(copy) = Sequence(book);
        Arrivals(copy) = Arrivals(book);
        ScheduleIsDue(copy) = ScheduleIsDue(book);
        return copy;
    }

    /// <summary>Goes round the rule that only a later heartbeat may call a lease lost.</summary>
    public static void ForgetStarts(PoolBook book)
    {
        foreach (var entry in Leases(book).All.Where(e => e.Phase == LeasePhase.Held))
        {
            entry.StartedAtHeartbeat = 0;
        }
    }

    private static LeaseEntry Copy(LeaseEntry e) => new(e.Lease, e.SweepId, e.ControlVersion, e.Phase, e.Since)
    {
        Row = e.Row,
        RowTag = e.RowTag,
        Writing = e.Writing,
        Request = e.Request,
        Alone = e.Alone,
        StartedAtHeartbeat = e.StartedAtHeartbeat,
        LostBecause = e.LostBecause,
        Yielding = e.Yielding,
        Share = e.Share,
        GivesWayTo = e.GivesWayTo,
        ToldToYield = e.ToldToYield,
    };
}
