using System.Buffers.Binary;
using System.Security.Cryptography;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>
/// A world as bytes: what has no consequence is left out. Of ETags only counts whether they are the stored ones, of heartbeat
/// numbers and arrivals only their order, of times only whether a minute has passed.
/// </summary>
internal sealed partial class World
{
    [ThreadStatic]
    private static byte[]? buffer;

    private int written;

    /// <summary>The first half of a hash of the world, with or without what may still go wrong.</summary>
    public UInt128 Fingerprint(bool withBudget)
    {
        buffer ??= new byte[8192];
        written = 0;
        var numbers = hosts.Select(NumbersOf).ToArray();
        foreach (var cell in cells)
        {
            Put(cell, cell.Row);
            Put((cell.Result ? 1 : 0) + (cell.WrittenAt == minutes ? 2 : 0));
            Put((cell.Lost ?? -1) + 1);
            Put(cell.Heard);
            Put(cell.Unheard.Length);
            Put(cell.Activations.Length);
            foreach (var activation in cell.Activations)
            {
                Put((activation.Tag == cell.Tag ? 1 : 0) + (activation.Recorded ? 2 : 0) + (activation.State == cell.Row ? 4 : 0));
                if (activation.State != cell.Row)
                {
                    Put(cell, activation.State);
                }
            }
        }

        for (var h = 0; h < hosts.Length; h++)
        {
            Put(hosts[h], numbers[h]);
        }

        foreach (var pool in pools)
        {
            Put(pool, numbers);
        }

        Put(leases, pools.Count);
        foreach (var stage in drains)
        {
            Put((int)stage);
        }

        Put(sweep);
        PutSorted(messages, m => Put(m, numbers));
        PutSorted(lateWrites, Put);
        foreach (var blob in blobs)
        {
            PutBlob(blob);
        }

        Put(255);
        Put(rollbacks);
        PutCollector();
        if (withBudget)
        {
            if (Has(Fault.Rollback))
            {
                PutFlushed();
            }

            budget.CopyTo(buffer, written);
            written += budget.Length;
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(buffer.AsSpan(0, written), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private void Put(long value) => buffer![written++] = checked((byte)value);

    private void Put(LeaseToken? token)
    {
        if (token is null)
        {
            Put(255);
            return;
        }

        Put(token.Epoch);
        Put(token.Sequence);
        Put(token.Id == Guid.Empty ? 0 : 1);
    }

    private void Put(Lease lease)
    {
        Put(CellOf(lease.ConfigurationKey));
        Put(lease.Token);
        Put((lease.Host[1] - '0') + (lease.Host[3] << 4 & 0xF0));
    }

    private void Put(Sweep of)
    {
        Put((of.Active ? 1 : 0) + (of.Cancelled ? 2 : 0) + (of.HaltDone ? 4 : 0) + (of.Paused ? 8 : 0));
        Put(of.Queued + (of.HaltStage << 4));
        Put(of.Version + (of.Generation << 4));
    }

    private void Put(Cell cell, ConfigurationState state)
    {
        Put((state.Order is null ? 0 : 1) + (state.Cancelled ? 2 : 0) + (state.Attempt > 0 ? 4 : 0) + (state.FailedBecause is null ? 0 : 8) + ((int)state.Phase << 4) + (state.Paused ? 128 : 0));
        Put(state.ControlVersion + (state.Crashes << 4) + (state.Generation << 6));
        PutPlaces(state.DiedOn);
        if (state.Lease is { } lease)
        {
            Put(lease);
        }

        Put(state.CheckpointNumber + (state.Untold.Length << 4));
        Put(state.Checkpoints.Length);
        foreach (var checkpoint in state.Checkpoints)
        {
            PutBlob(checkpoint.Reference.BlobName);
            Put(Now - checkpoint.CommittedAt < TimeSpan.FromMinutes(1) ? 1 : 0);
        }
    }

    private void PutPlaces(string[] names)
    {
        Put(names.Length);
        foreach (var name in names)
        {
            Put(name[1] - '0');
        }
    }

    private void PutBlob(string name)
    {
        // {cell}/{epoch:D10}-{sequence:D10}-{id:N}-{step:D12}.safetensors
        Put(name[0] - 'a');
        Put(name[11] - '0' + ((name[10] - '0') * 10));
        Put(name[22] - '0' + ((name[21] - '0') * 10));
        Put(name[31] - '0');
        Put(name[68] - '0');
    }

    private void Put(Attempt? attempt)
    {
        if (attempt is null)
        {
            Put(255);
            return;
        }

        Put(attempt.Lease);
        Put(attempt.Step + (attempt.Written << 4));
        Put(attempt.Uploaded + (attempt.Number << 4));
        Put(attempt.End is { } end ? (int)end + 1 : 0);
    }

    private void Put(Host host, long[] numbers)
    {
        Put((host.Alive ? 1 : 0) + (host.DeathTold ? 2 : 0) + (host.Draining ? 4 : 0) + (host.Cut ? 8 : 0) + (host.Generation << 4));
        Put(Rank(numbers, host.Beats));
        Put(host.Tokens.Highest);
        Put(host.Stopped);
        Put(host.Current);
        Put(host.Finishing.Length);
        foreach (var attempt in host.Finishing)
        {
            Put(attempt);
        }

        Put(host.Refused is { } refused ? 1 + Rank(numbers, refused) : 0);
        Put(host.Beat, numbers);
        Put(host.LateBeat, numbers);
    }

    private void Put(HostHeartbeat? beat, long[] numbers)
    {
        if (beat is null)
        {
            Put(255);
            return;
        }

        Put(Rank(numbers, beat.Number));
        Put(beat.HighestEpoch);
        Put(beat.Running.Length + (beat.Finishing.Length << 2) + (beat.Draining ? 128 : 0));
        foreach (var lease in beat.Running.Concat(beat.Finishing))
        {
            Put(lease);
        }
    }

    private void PutCollector()
    {
        if (looking is not null)
        {
            Put(looking.Cell + (looking.WrittenAt == minutes ? 16 : 0) + (looking.ReadAt == minutes ? 32 : 0));
            Put(cells[looking.Cell], looking.Row);
            foreach (var blob in blobs)
            {
                Put(looking.Blobs.Contains(blob) ? 1 : 0);
            }
        }
    }

    private void PutFlushed()
    {
        for (var c = 0; c < cells.Length; c++)
        {
            Put(cells[c], flushed!.Rows[c]);
            Put((flushed.Tags[c] == cells[c].Tag ? 1 : 0) + (flushed.Results[c] ? 2 : 0) + (flushed.WrittenAt[c] == minutes ? 4 : 0));
        }

        foreach (var blob in flushed!.Blobs)
        {
            PutBlob(blob);
        }

        Put(254);
        Put(flushed!.Leases, 0);
        Put(flushed.Sweep);
    }

    private void PutSorted<T>(List<T> items, Action<T> put)
    {
        var start = written;
        var pieces = new List<byte[]>(items.Count);
        foreach (var item in items)
        {
            written = start;
            put(item);
            pieces.Add(buffer.AsSpan(start, written - start).ToArray());
        }

        written = start;
        pieces.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        foreach (var piece in pieces)
        {
            piece.CopyTo(buffer!, written);
            written += piece.Length;
        }

        Put(254);
    }

    /// <summary>Every heartbeat number of a host that anybody remembers, in order.</summary>
    private long[] NumbersOf(Host host)
    {
        var numbers = new SortedSet<long> { 0, host.Beats };
        if (host.Beat is { } beat)
        {
            numbers.Add(beat.Number);
        }

        if (host.Refused is { } refused)
        {
            numbers.Add(refused);
        }

        if (host.LateBeat is { } late)
        {
            numbers.Add(late.Number);
        }

        foreach (var pool in pools)
        {
            if (Books.Hosts(pool.Book).TryGetValue(host.Name, out var known))
            {
                numbers.Add(known.LastNumber);
                numbers.Add(known.RefusedAt);
            }

            foreach (var entry in Books.Leases(pool.Book).All)
            {
                if (entry.Lease.Host == host.Name)
                {
                    numbers.Add(entry.StartedAtHeartbeat);
                }
            }
        }

        foreach (var message in messages)
        {
            if (message is Message.Started started && started.Lease.Host == host.Name)
            {
                numbers.Add(started.Number);
            }

            if (message is Message.Refused refusal && refusal.Lease.Host == host.Name)
            {
                numbers.Add(refusal.Number);
            }
        }

        return [.. numbers];
    }

    private static int Rank(long[] numbers, long number) => Array.IndexOf(numbers, number);
}
