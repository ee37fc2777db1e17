using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>What follows from a change of rows, to be sent once the rows are stored.</summary>
internal abstract record PoolMessage(Lease Lease)
{
    /// <summary>A slot is yours if you still want it.</summary>
    public sealed record Offer(Lease Lease) : PoolMessage(Lease);

    /// <summary>Your lease is over.</summary>
    public sealed record Lost(Lease Lease, string Reason) : PoolMessage(Lease);
}

/// <summary>One change of an entry's row.</summary>
internal sealed record LeaseWrite(RowEntry Entry, LeaseRowKind From, LeaseRowKind To);

/// <summary>
/// The rows follow the book: each entry knows the row that is stored and the row that its phase asks for, and what
/// differs is written, many in one transaction.
/// </summary>
internal sealed partial class PoolBook
{
    /// <summary>Adopts the rows that an earlier activation stored: what is out of service stays so, and leases wait for their hosts' word.</summary>
    public void Adopt(PoolRows rows, TimeSpan now)
    {
        foreach (var row in rows.Outages)
        {
            outages[(row.Outage.HostName, row.Outage.Device)] = new(row.Outage) { Row = LeaseRowKind.Outage, RowTag = row.Tag };
        }

        DevicesChanged();

        foreach (var row in rows.Leases)
        {
            Adopt(row, now);
        }
    }

    private void Adopt(LeaseRow row, TimeSpan now)
    {
        var lease = row.Lease;
        var phase = row.Kind == LeaseRowKind.Finishing ? LeasePhase.Finishing : LeasePhase.Offered;
        var entry = new LeaseEntry(lease, row.SweepId, row.ControlVersion, phase, now) { Alone = row.Alone, Share = row.Share, Row = row.Kind, RowTag = row.Tag };
        if (leases.Find(lease.ConfigurationKey) is not { } other)
        {
            leases.Put(entry);
        }
        else if (lease.Token.IsHigherThan(other.Lease.Token))
        {
            // A finishing row and a newer slot row of one configuration: the newer lease is the one in force.
            leases.Put(entry);
            leftovers.Add(other);
        }
        else
        {
            leftovers.Add(entry);
        }
    }

    /// <summary>
    /// Up to <paramref name="most"/> row changes that are due, leases that leave their slots first: a slot's next lease is written with or after the one before it.
    /// Each is under way until <see cref="Written"/> or <see cref="NotWritten"/>.
    /// </summary>
    public IReadOnlyList<LeaseWrite> TakeWrites(int most)
    {
        foreach (var leftover in leftovers)
        {
            leftover.Enter(LeasePhase.Removing, leftover.Since);
        }

        var due = leases.Unsettled.Concat(leftovers).Concat<RowEntry>(outages.Values).Where(e => !e.Writing && e.Row != e.WantedRow);
        var writes = due.Where(e => e.Row == LeaseRowKind.Slot).Concat(due.Where(e => e.Row != LeaseRowKind.Slot))
            .Take(most)
            .Select(e => new LeaseWrite(e, e.Row, e.WantedRow))
            .ToList();
        foreach (var write in writes)
        {
            write.Entry.Writing = true;
        }

        return writes;
    }

    /// <summary>The changes are stored. Answers what to tell whom.</summary>
    public IReadOnlyList<PoolMessage> Written(IReadOnlyList<LeaseWrite> writes, TimeSpan now)
    {
        foreach (var write in writes)
        {
            write.Entry.Writing = false;
            write.Entry.Row = write.To;
        }

        return Settle(now);
    }

    /// <summary>The changes may or may not be stored; these are the rows that the store holds now.</summary>
    public static void NotWritten(IReadOnlyList<LeaseWrite> writes, PoolRows stored)
    {
        var leases = stored.Leases.GroupBy(r => r.Lease.Token).ToDictionary(g => g.Key, g => g.Last());
        foreach (var entry in writes.Select(w => w.Entry))
        {
            entry.Writing = false;
            (entry.Row, entry.RowTag) = entry switch
            {
                LeaseEntry lease when leases.TryGetValue(lease.Lease.Token, out var row) => (row.Kind, row.Tag),
                OutageEntry outage when stored.Outages.FirstOrDefault(r => r.Outage == outage.Outage) is { } row => (LeaseRowKind.Outage, row.Tag),
                _ => (LeaseRowKind.None, default),
            };
        }
    }

    /// <summary>Moves on what waited for its row, and drops what is over. Answers what to tell whom.</summary>
    public IReadOnlyList<PoolMessage> Settle(TimeSpan now)
    {
        var messages = new List<PoolMessage>();
        foreach (var entry in leases.Unsettled.Where(e => !e.Writing && e.Row == e.WantedRow).ToList())
        {
            if (entry.Phase == LeasePhase.Granting)
            {
                entry.Enter(LeasePhase.Offered, now);
                messages.Add(new PoolMessage.Offer(entry.Lease));
            }
            else if (entry.Phase == LeasePhase.Removing)
            {
                leases.Remove(entry);
                lastHeld[entry.SweepId] = now;
                Forget(entry, messages, now);
            }
        }

        leftovers.RemoveAll(e => !e.Writing && e.Row == LeaseRowKind.None);
        foreach (var (key, _) in outages.Where(o => o.Value is { Lifted: true, Writing: false, Row: LeaseRowKind.None }).ToList())
        {
            outages.Remove(key);
        }

        return messages;
    }

    private void Forget(LeaseEntry entry, List<PoolMessage> messages, TimeSpan now)
    {
        if (entry.LostBecause is not { } reason)
        {
            return;
        }

        messages.Add(new PoolMessage.Lost(entry.Lease, reason));
        var key = entry.Lease.ConfigurationKey;
        if (entry.StartedAtHeartbeat == 0 && entry.Request is { } request && queue.Find(key) is null
            && request.ControlVersion > control.GetValueOrDefault(request.SweepId))
        {
            // The offer never reached it: it still waits, and need not ask again.
            Wait(request, now);
        }
    }
}
