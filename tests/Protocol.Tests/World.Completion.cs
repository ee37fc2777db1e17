using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>
/// A continuation without faults: one round in which everything that can happen happens once, reminders and timers
/// included. A trainer whose configuration is cancelled or paused, whose host is drained, or which borrows what is owed goes on for ever, unless it is stopped;
/// a paused sweep goes on once all is quiet.
/// </summary>
internal sealed partial class World
{
    /// <summary>One round; with <paramref name="late"/> the time-outs of the pool, too.</summary>
    public void Round(bool late)
    {
        Array.Clear(budget);
        (calls, faultAt, faultKind, poolIndex) = (0, -1, Fault.None, 0);
        OneActivationOfEach();
        while (lateWrites.Count > 0)
        {
            LateWriteArrives(0);
        }

        foreach (var pool in pools.ToArray())
        {
            for (var writes = 0; writes < 8 && pool.Writing is not null && pools.Contains(pool); writes++)
            {
                EndWrite(pool);
            }
        }

        for (var count = messages.Count; count > 0; count--)
        {
            Deliver(0, 0);
        }

        for (var h = 0; h < hosts.Length; h++)
        {
            BeatOf(h);
        }

        for (var h = 0; h < hosts.Length; h++)
        {
            OperatorGoesOn(h);
        }

        SweepGoesOn();
        for (var c = 0; c < cells.Length; c++)
        {
            if (cells[c].Activations.Length > 0)
            {
                AskAgain(c, 0);
            }
        }

        for (var h = 0; h < hosts.Length; h++)
        {
            WorkOf(h);
        }

        foreach (var pool in late ? pools.ToArray() : [])
        {
            if (!Off(Guard.OffersWithdrawn))
            {
                Tick(pool, OffersOnly);
            }

            Tick(pool, AdoptedOnly);
            foreach (var silent in Books.Hosts(pool.Book).Keys.Where(h => HostOf(h) < 0).ToList())
            {
                pool.Book.HostDied(silent, "", default);
                Pump(pool);
            }
        }
    }

    /// <summary>Two activations of one grain do not last.</summary>
    private void OneActivationOfEach()
    {
        for (var c = 0; c < cells.Length; c++)
        {
            if (cells[c].Activations.Length > 1)
            {
                Drop(c, 0);
            }
        }

        pools.RemoveAll(StepsDown);
    }

    private void BeatOf(int h)
    {
        if (hosts[h] is { Alive: false, DeathTold: false })
        {
            TellDeath(h);
        }

        if (!hosts[h].Alive)
        {
            hosts[h] = new(h, hosts[h].Generation + 1);
        }

        hosts[h] = hosts[h] with { Cut = false };
        if (hosts[h].LateBeat is not null)
        {
            LateBeatArrives(h);
        }

        if (hosts[h].Beat is not null)
        {
            BeatArrives(h);
        }

        hosts[h] = hosts[h] with { Beat = BuildBeat(h), Beats = hosts[h].Beats + 1 };
        BeatArrives(h);
    }

    private void SweepGoesOn()
    {
        if (!Off(Guard.ReminderWakes))
        {
            Wake();
        }

        for (var stage = 0; stage < cells.Length + 3 && HaltGoesOn(0); stage++)
        {
        }

        if (sweep is { Paused: true, HaltDone: true } && IsQuiet())
        {
            GoOn(sweep.Generation);
        }

        for (var c = 0; c < cells.Length; c++)
        {
            QueueNext(c, 0);
        }
    }

    /// <summary>Whether the team with the quota still wants that slot.</summary>
    private bool Borrows(Lease lease) => bounds.Quotas && CellOf(lease.ConfigurationKey) < cells.Length - 1 && cells[^1] is { Result: false, Row.FailedBecause: null };

    private void WorkOf(int h)
    {
        ReportStale(h, 0);
        TellCheckpoint(h, 0);
        if (hosts[h].Current is { } attempt && drains[h] == DrainStage.None && !cells[CellOf(attempt.Lease.ConfigurationKey)].Row.Cancelled && !sweep.Paused && !Borrows(attempt.Lease))
        {
            Train(h);
        }

        for (var told = hosts[h].Finishing.Length; told > 0; told--)
        {
            TellEnd(h, 0, 0);
        }

        if (hosts[h] is { Draining: true, Current: null, Finishing: [] })
        {
            Die(h);
        }
    }
}
