using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>The pool's grain: each turn ends with the pump, as in <c>GpuPoolGrain</c>.</summary>
internal sealed partial class World
{
    private const string PoolName = "pool";

    /// <summary>Heartbeats come later than everything else, so that time can be told apart where it must.</summary>
    private static readonly TimeSpan Heard = TimeSpan.FromSeconds(10);

    private static readonly GpuPoolOptions OffersOnly = new() { OfferTimeout = TimeSpan.FromSeconds(0.5), SilentHostAfter = TimeSpan.FromHours(1) };
    private static readonly GpuPoolOptions AdoptedOnly = new() { OfferTimeout = TimeSpan.FromHours(1), SilentHostAfter = TimeSpan.FromSeconds(0.5) };

    /// <summary>Leases that one activation has granted, at most.</summary>
    public long Grants => pools.Count == 0 ? 0 : pools.Max(p => Books.Sequence(p.Book));

    private void PoolTurn(Action<Pool> turn)
    {
        if (pools.Count == 0)
        {
            ActivatePool();
        }

        var pool = pools[Math.Min(poolIndex, pools.Count - 1)];
        turn(pool);
        if (pools.Contains(pool))
        {
            Pump(pool);
        }
    }

    private void ActivatePool()
    {
        var epoch = leases.RaiseEpoch();
        var pool = new Pool(new(epoch, newId, bounds.Quotas ? Quotas : Alike), leases.EpochTag);
        pools.Add(pool);
        pool.Book.Adopt(Off(Guard.DrainIsStored) ? leases.List() with { Outages = [] } : leases.List(), default);
        foreach (var host in leases.Rows.Values.Select(r => r.Lease.Host).Distinct().Where(h => HostOf(h) < 0 || hosts[HostOf(h)].DeathTold))
        {
            pool.Book.HostIsSilent(host, "", default);
        }

        Wake();
        Pump(pool);
    }

    private void Pump(Pool pool)
    {
        if (pool.Writing is not null)
        {
            return;
        }

        var known = Books.Leases(pool.Book).All.ToHashSet();
        pool.Book.Schedule(default);
        foreach (var granted in Books.Leases(pool.Book).All.Where(e => !known.Contains(e)))
        {
            CheckPlace(pool, granted.Lease);
        }

        Send(pool.Book.Settle(default));
        var writes = pool.Book.TakeWrites(LeaseTable.MostWrites);
        pool.Writing = writes.Count > 0 ? writes : null;
    }

    /// <summary>The write under way ends: done, refused, lost, done without an answer, or to be done later.</summary>
    private void EndWrite(Pool pool)
    {
        var fault = Call(Fault.Lost, Fault.Store, Fault.Late);
        var writes = pool.Writing!;
        var actions = LeaseTransaction.Of(PoolName, pool.Book.Epoch, pool.EpochTag, writes);
        pool.Writing = null;
        if (fault == Fault.Late)
        {
            lateWrites.Add(new(actions));
        }

        var tags = fault is Fault.Lost or Fault.Late ? null : leases.Submit(actions, conditional: !Off(Guard.LeaseTags));
        if (tags is not null && fault == Fault.None)
        {
            pool.EpochTag = LeaseTransaction.Done(writes, tags);
            Send(pool.Book.Written(writes, default));
            Pump(pool);
            return;
        }

        if (StepsDown(pool))
        {
            pools.Remove(pool);
            return;
        }

        if (!Off(Guard.LateWriteFenced))
        {
            leases.Fence();
        }

        pool.EpochTag = leases.EpochTag;
        PoolBook.NotWritten(writes, leases.List());
        Pump(pool);
    }

    private bool StepsDown(Pool pool) => leases.Epoch != pool.Book.Epoch && !Off(Guard.StepDown);

    private void Send(IReadOnlyList<PoolMessage> sent)
    {
        foreach (var message in sent)
        {
            var c = CellOf(message.Lease.ConfigurationKey);
            if (message is PoolMessage.Offer offer)
            {
                if (leases.Slot(offer.Lease.Host, offer.Lease.Slot)?.Lease.Token != offer.Lease.Token)
                {
                    Break($"a slot is offered to {Key(c)} that is not its own in the store");
                }

                CheckOffer(c, offer.Lease);

                messages.Add(new Message.Offer(c, offer.Lease));
            }
            else
            {
                messages.Add(new Message.LeaseLost(c, message.Lease));
            }
        }
    }

    private void DeliverBeat(Pool pool, int h, HostHeartbeat beat, bool answered)
    {
        if (pool.Book.IsBehind(beat) && !Off(Guard.EpochHeard))
        {
            pools.Remove(pool);
            return;
        }

        if (Off(Guard.LostOnlyAfterStart))
        {
            Books.ForgetStarts(pool.Book);
        }

        if (Off(Guard.DeadStaysDead))
        {
            Books.Dead(pool.Book).Clear();
        }
        else if (hosts[h].DeathTold)
        {
            pool.Book.HostDied(beat.Host, "", default);
        }

        var held = Books.Leases(pool.Book).All.Where(e => e.Phase == LeasePhase.Held && e.Lease.Host == beat.Host).ToList();
        var reply = pool.Book.Heartbeat(beat, Heard);
        if (held.Any(e => e.Phase == LeasePhase.Removing && e.Lease.Token == hosts[h].Current?.Lease.Token))
        {
            Break("a lease is called lost that its host runs");
        }

        if (answered && !Off(Guard.CancelTakesLeases))
        {
            foreach (var token in reply.Stop)
            {
                Abandon(h, token);
            }
        }

        if (answered && reply.Yield.Zip(reply.YieldFor!).Any(y => y.First == hosts[h].Current?.Lease.Token && !Off(y.Second is null ? Guard.DrainYields : Guard.QuotaYields)))
        {
            Yield(h);
        }
    }
}
