using SmallBatch.Contracts.Configurations;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>The steps that are not a grain's own: messages, deaths, the sweep, the store.</summary>
internal sealed partial class World
{
    private bool QueueNext(int c, int a)
    {
        if (sweep is not { Active: true, Halted: false } || (sweep.Queued & (1 << c)) != 0 || cells[c].Result)
        {
            return false;
        }

        if (Call(Fault.Lost) == Fault.None && Queue(c, Activate(c, a)))
        {
            sweep = sweep with { Queued = sweep.Queued | (1 << c) };
        }

        return true;
    }

    private bool AskAgain(int c, int a)
    {
        if (!ConfigurationTransitions.Asks(State(c, a), cells[c].Activations[a].Recorded) || Off(Guard.WokenAsks))
        {
            return false;
        }

        Ask(c, a);
        return true;
    }

    private Sweep Wake() => sweep = sweep.Woken(once: Off(Guard.PauseToldAgain));

    /// <summary>A cancel or pause, stored under the next control version.</summary>
    private Sweep BeginHalt(bool pause) =>
        sweep = sweep with { Cancelled = !pause, Paused = pause, Version = sweep.Version + 1, HaltStage = 1, HaltDone = false };

    /// <summary>What was paused goes on, and what was given up is tried again, under the next control version.</summary>
    private Sweep GoOn(int generation) =>
        sweep = sweep with { Paused = false, Version = sweep.Version + 1, Generation = generation, Queued = 0, HaltStage = 0, HaltDone = false };

    /// <summary>A halt takes the leases back, then tells each configuration, then is acknowledged; a failure begins it again.</summary>
    private bool HaltGoesOn(int a)
    {
        var stage = sweep.HaltStage;
        if (stage == 0)
        {
            return false;
        }

        var done = stage switch
        {
            1 => Off(sweep.Paused ? Guard.PauseTakesLeases : Guard.CancelTakesLeases)
                || CallPool(p => p.Book.WithdrawSweep(SweepId, sweep.Version, sweep.Order.Halt, default), null),
            2 => pools.Count > 0 || Off(sweep.Paused ? Guard.PauseTakesLeases : Guard.CancelTakesLeases),
            _ => cells[stage - 3].Result || (Call(Fault.Lost) == Fault.None && Halt(stage - 3, Activate(stage - 3, a))),
        };
        if (stage == 2 && done && sweep.Cancelled && !Off(Guard.CancelTakesLeases) && pools[^1].Book.HoldsBefore(SweepId, sweep.Version))
        {
            return false;
        }

        var next = done ? stage + 1 : 1;
        sweep = next == cells.Length + 3 ? sweep with { HaltStage = 0, HaltDone = true } : sweep with { HaltStage = next };
        return true;
    }

    private bool Deliver(int m, int a)
    {
        var message = messages[m];
        var fault = Call(Fault.Lost, Fault.Doubled);
        if (fault != Fault.Doubled)
        {
            messages.RemoveAt(m);
        }

        if (fault == Fault.Lost)
        {
            return true;
        }

        var c = message.Cell;
        switch (message)
        {
            case Message.Offer offer:
                LeaseOffered(c, Activate(c, a), offer.Lease);
                break;
            case Message.LeaseLost lost:
                Lose(c, Activate(c, a), lost.Lease.Token);
                break;
            case Message.Stop stop when HostOf(stop.Lease.Host) is >= 0 and var h && hosts[h] is { Alive: true, Cut: false }:
                StopSlot(h, stop.Lease);
                break;
            case Message.Request request:
                PoolTurn(p => p.Book.Request(request.Body, default));
                break;
            case Message.Started started:
                PoolTurn(p => p.Book.Started(Key(c), started.Lease.Token, started.Number, default));
                break;
            case Message.Release release:
                PoolTurn(p => p.Book.Release(Key(c), release.Lease.Token, default));
                break;
            case Message.Refused refused:
                PoolTurn(p => p.Book.Refused(refused.Lease, refused.Number, default));
                break;
            case Message.Start start when HostOf(start.Order.Lease.Host) is >= 0 and var h && hosts[h] is { Alive: true, Cut: false }:
                Start(h, start.Order);
                break;
            case Message.Checkpoint checkpoint:
                CheckpointUploaded(c, Activate(c, a), checkpoint.Report);
                break;
            case Message.Ended ended:
                AttemptEnded(c, Activate(c, a), ended.Report);
                break;
            case Message.Row row:
                if (row.Tag == cells[c].Tag)
                {
                    Witness(c, cells[c].Row, row.State);
                    cells[c] = cells[c] with { Row = row.State, Tag = row.NewTag, WrittenAt = minutes };
                }

                break;
            case Message.Record:
                cells[c] = cells[c] with { Result = true };
                break;
            default:
                // To a host that is gone.
                break;
        }

        return true;
    }

    private bool BeatArrives(int h)
    {
        var beat = hosts[h].Beat!;
        var fault = Call(Fault.Lost, Fault.AnswerLost, Fault.Late, Fault.Doubled);
        hosts[h] = hosts[h] with { Beat = null, LateBeat = fault is Fault.Late or Fault.Doubled ? beat : hosts[h].LateBeat };
        if (fault is not (Fault.Lost or Fault.Late))
        {
            PoolTurn(p => DeliverBeat(p, h, beat, answered: fault != Fault.AnswerLost));
        }

        return true;
    }

    private bool LateBeatArrives(int h)
    {
        var beat = hosts[h].LateBeat!;
        hosts[h] = hosts[h] with { LateBeat = null };
        PoolTurn(p => DeliverBeat(p, h, beat, answered: false));
        return true;
    }

    private void TellDeath(int h)
    {
        hosts[h] = hosts[h] with { DeathTold = true };
        PoolTurn(p => p.Book.HostDied(hosts[h].Name, "", default));
    }

    private Host Die(int h) =>
        hosts[h] = hosts[h] with { Alive = false, Cut = false, Beat = null, Current = null, Finishing = [], Tokens = default, Stopped = null };

    private bool TrainerCrashes(int h)
    {
        hosts[h] = hosts[h] with { Current = hosts[h].Current! with { End = AttemptEnd.Crashed } };
        LeaveSlotIfEnded(h);
        return true;
    }

    private bool Drop(int c, int a)
    {
        cells[c] = cells[c] with { Activations = Without(cells[c].Activations, a) };
        return true;
    }

    private bool Double(int c)
    {
        cells[c] = cells[c] with { Activations = [.. cells[c].Activations, Fresh(cells[c])] };
        return true;
    }

    private bool SecondPool()
    {
        ActivatePool();
        return true;
    }

    private bool LateWriteArrives(int index)
    {
        var write = lateWrites[index];
        lateWrites.RemoveAt(index);
        leases.Submit(write.Actions, conditional: !Off(Guard.LeaseTags));
        return true;
    }

    /// <summary>Rows and blobs are files of their own. 0: the store loses rows; 1: both; 2: blobs.</summary>
    private bool RollsBack(int what)
    {
        if (what < 2)
        {
            Rollback();
        }

        if (what > 0)
        {
            RollBlobsBack();
        }

        return true;
    }

    private bool Flushes()
    {
        Flush();
        return true;
    }

    private bool PassMinute()
    {
        minutes++;
        Flush();
        return true;
    }

    /// <summary>The collector reads a configuration's row; it may be stopped for any time before it goes on.</summary>
    private bool CollectorReads(int c)
    {
        if (!bounds.Collects || looking is not null)
        {
            return false;
        }

        looking = new(c, cells[c].Row, cells[c].WrittenAt, minutes, [.. blobs]);
        return true;
    }

    /// <summary>
    /// It lists the blobs, and deletes what the product's own policy calls garbage: those that were there when the row was read
    /// are taken for old ones, the others for as old as they can be.
    /// </summary>
    private bool CollectorDeletes()
    {
        if (looking is not { } look)
        {
            return false;
        }

        var row = new StoredConfiguration(
            Off(Guard.CollectorByToken) ? look.Row with { Phase = AttemptPhase.None } : look.Row,
            Off(Guard.CollectorWaits) ? DateTimeOffset.MinValue : At(look.WrittenAt),
            Off(Guard.CollectorReadsFirst) ? Now : At(look.ReadAt));
        blobs.RemoveWhere(b => b.StartsWith($"{Key(look.Cell)}/", StringComparison.Ordinal)
            && CollectionPolicy.Judge(new(b, look.Blobs.Contains(b) ? DateTimeOffset.MinValue : At(look.ReadAt), 1), row, TimeSpan.FromMinutes(1)) == BlobFate.Garbage);
        looking = null;
        return true;
    }
}
