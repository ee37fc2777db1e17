using Azure.Data.Tables;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>Pools, lease rows and messages as bytes.</summary>
internal sealed partial class World
{
    private void Put(Pool pool, long[][] numbers)
    {
        var book = pool.Book;
        Put(200);
        Put(book.Epoch);
        Put(Books.Sequence(book));
        Put(pool.EpochTag == leases.EpochTag ? 1 : 0);
        foreach (var host in Books.Hosts(book).Values)
        {
            Put(host.Host[1] - '0' + (host.Draining ? 16 : 0));
            Put(HostOf(host.Host) is >= 0 and var h ? Rank(numbers[h], host.LastNumber) : 255);
            Put(HostOf(host.Host) is >= 0 and var r && host.RefusedAt >= host.LastNumber ? 1 + Rank(numbers[r], host.RefusedAt) : 0);
        }

        Put(hosts.Select((h, i) => Books.Dead(book).Contains(h.Name) ? 1 << i : 0).Sum());
        foreach (var outage in Books.Outages(book).Values)
        {
            Put(outage);
        }

        Put(201);
        foreach (var entry in Books.Leases(book).All.OrderBy(e => e.Lease.ConfigurationKey, StringComparer.Ordinal).Concat(Books.Leftovers(book)))
        {
            Put(entry.Lease);
            Put((int)entry.Phase + (entry.Alone ? 8 : 0) + ((int)entry.Row << 4) + (entry.Writing ? 64 : 0) + (entry.LostBecause is null ? 0 : 128));
            Put((entry.Row != LeaseRowKind.None && leases.Rows.Values.Any(r => r.Tag == entry.RowTag) ? 1 : 0) + ((int)entry.ControlVersion << 4));
            Put((entry.Yielding ? 1 : 0) + (entry.GivesWayTo is null ? 0 : 2) + (entry.ToldToYield ? 4 : 0));
            Put(entry.StartedAtHeartbeat == 0 ? 0 : HostOf(entry.Lease.Host) is >= 0 and var h ? 1 + Rank(numbers[h], entry.StartedAtHeartbeat) : 255);
            PutRequest(entry.Request);
        }

        Put(202);
        foreach (var waiting in Books.Queue(book).All.OrderBy(w => w.Arrival))
        {
            PutRequest(waiting.Request);
        }

        Put(203);
        Put(Books.Control(book).GetValueOrDefault(SweepId));
        foreach (var write in pool.Writing ?? [])
        {
            Put(write.Entry);
            Put((int)write.From + ((int)write.To << 4));
        }
    }

    private void Put(RowEntry entry)
    {
        switch (entry)
        {
            case LeaseEntry lease:
                Put(lease.Lease);
                break;
            case OutageEntry outage:
                Put(220 + outage.Outage.HostName[1] - '0');
                Put((outage.Lifted ? 1 : 0) + (outage.Writing ? 2 : 0) + (leases.Outages.Values.Any(r => r.Tag == outage.RowTag) ? 4 : 0) + ((int)outage.Row << 4));
                break;
            default:
                throw new InvalidOperationException($"unknown entry {entry.GetType().Name}");
        }
    }

    private void PutRequest(LeaseRequest? request)
    {
        if (request is null)
        {
            Put(255);
            return;
        }

        Put(CellOf(request.ConfigurationKey) + (request.Order == 0 ? 0 : 16));
        PutPlaces(request.AvoidHosts);
        Put(request.ControlVersion);
        Put(request.Token);
    }

    private void Put(LeaseStore store, int mark)
    {
        Put(204 + mark);
        Put(store.Epoch);
        foreach (var row in store.Rows.Values)
        {
            Put(row.Lease);
            Put((int)row.Kind + ((int)row.ControlVersion << 4));
        }

        foreach (var row in store.Outages.Values)
        {
            Put(220 + row.Outage.HostName[1] - '0');
        }

        Put(210);
    }

    private void Put(Message message, long[][] numbers)
    {
        Put(message switch
        {
            Message.Offer => 0,
            Message.LeaseLost => 1,
            Message.Stop => 2,
            Message.Request => 3,
            Message.Started => 4,
            Message.Release => 5,
            Message.Start => 6,
            Message.Checkpoint => 7,
            Message.Ended => 8,
            Message.Row => 9,
            Message.Refused => 11,
            _ => 10,
        });
        Put(message.Cell);
        Put(message.Token);
        switch (message)
        {
            case Message.Offer m:
                Put(m.Lease);
                break;
            case Message.Request m:
                PutRequest(m.Body);
                break;
            case Message.Started m:
                Put(HostOf(m.Lease.Host) is >= 0 and var h ? Rank(numbers[h], m.Number) : 255);
                break;
            case Message.Refused m:
                Put(HostOf(m.Lease.Host) is >= 0 and var r ? Rank(numbers[r], m.Number) : 255);
                break;
            case Message.Start m:
                Put(m.Order.Lease);
                Put(m.Order.Checkpoints.Length);
                foreach (var reference in m.Order.Checkpoints)
                {
                    PutBlob(reference.BlobName);
                }

                break;
            case Message.Checkpoint m:
                Put(m.Report.Number);
                Put(m.Report.Step);
                break;
            case Message.Row m:
                Put(m.Tag == cells[m.Cell].Tag ? 1 : 0);
                Put(cells[m.Cell], m.State);
                break;
            case Message.Ended m:
                Put((int)m.Report.End);
                Put(m.Report.Step);
                break;
            default:
                break;
        }
    }

    private void Put(LateWrite write)
    {
        foreach (var action in write.Actions)
        {
            Put((int)action.ActionType);
            Put(action.ETag == leases.EpochTag || leases.Rows.Values.Any(r => r.Tag == action.ETag) ? 1 : 0);
            if (action.Entity.RowKey != LeaseTransaction.EpochRow)
            {
                var rows = LeaseTransaction.Read([(TableEntity)action.Entity]);
                rows.Leases.ToList().ForEach(r => Put(r.Lease));
                rows.Outages.ToList().ForEach(r => Put(220 + r.Outage.HostName[1] - '0'));
            }
        }
    }
}
