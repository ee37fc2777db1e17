using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>What can happen here, and doing it.</summary>
internal sealed partial class World
{
    private static readonly StepKind[] OfCells = [StepKind.Queue, StepKind.Ask, StepKind.CellCrashes, StepKind.SecondCell, StepKind.CollectorReads];

    private static readonly StepKind[] OfHosts =
    [
        StepKind.HostIsSilent, StepKind.DeathIsTold, StepKind.HostRestarts, StepKind.BeatIsBuilt, StepKind.BeatArrives, StepKind.LateBeatArrives,
        StepKind.Train, StepKind.TellCheckpoint, StepKind.TellEnd, StepKind.ReportIsStale, StepKind.TrainerCrashes,
        StepKind.HostCrashes, StepKind.Drain, StepKind.OperatorDrains, StepKind.DrainIsAnswered, StepKind.OperatorUndrains, StepKind.Leave, StepKind.CutOff, StepKind.Heal,
    ];

    private static readonly StepKind[] OfPools =
        [StepKind.PoolCrashes, StepKind.PoolChecksEpoch, StepKind.WriteEnds, StepKind.OffersTimeOut, StepKind.AdoptedTimeOut];

    private static readonly StepKind[] OfAll =
        [StepKind.Cancel, StepKind.Pause, StepKind.Resume, StepKind.Retry, StepKind.Wake, StepKind.SweepCrashes, StepKind.SecondPool, StepKind.StoreRollsBack, StepKind.StoreFlushes, StepKind.Minute, StepKind.CollectorDeletes];

    /// <summary>Steps that may be possible here, without faults of calls.</summary>
    public IEnumerable<Step> Steps()
    {
        var activations = (byte)cells.Max(c => Math.Max(1, c.Activations.Length));
        var choices = (byte)Math.Max(1, pools.Count);
        for (byte a = 0; a < activations; a++)
        {
            for (byte p = 0; p < choices; p++)
            {
                foreach (var kind in OfCells)
                {
                    for (byte c = 0; c < cells.Length; c++)
                    {
                        yield return new(kind, c, 0, a, p);
                    }
                }

                foreach (var kind in OfHosts)
                {
                    for (byte h = 0; h < hosts.Length; h++)
                    {
                        for (byte y = 0; y < (kind == StepKind.TellEnd ? hosts[h].Finishing.Length : 1); y++)
                        {
                            yield return new(kind, h, y, a, p);
                        }
                    }
                }

                for (byte m = 0; m < messages.Count; m++)
                {
                    yield return new(StepKind.MessageArrives, m, 0, a, p);
                }

                yield return new(StepKind.HaltGoesOn, 0, 0, a, p);
            }
        }

        foreach (var kind in OfPools)
        {
            for (byte p = 0; p < pools.Count; p++)
            {
                yield return new(kind, p);
            }
        }

        for (byte w = 0; w < lateWrites.Count; w++)
        {
            yield return new(StepKind.LateWriteArrives, w);
        }

        foreach (var kind in OfAll)
        {
            for (byte x = 0; x < (kind == StepKind.StoreRollsBack ? 3 : 1); x++)
            {
                yield return new(kind, x);
            }
        }
    }

    private bool Take(Step step) => step.Kind switch
    {
        StepKind.Queue => step.Activation < Math.Max(1, cells[step.X].Activations.Length) && QueueNext(step.X, step.Activation),
        StepKind.Ask => step.Activation < cells[step.X].Activations.Length && AskAgain(step.X, step.Activation),
        StepKind.CellCrashes => step.Pool == 0 && step.Activation < cells[step.X].Activations.Length && Take(Fault.ActivationCrash) && Drop(step.X, step.Activation),
        StepKind.SecondCell => step is { Pool: 0, Activation: 0 } && cells[step.X].Activations.Length == 1 && Take(Fault.TwoActivations) && Double(step.X),
        StepKind.CollectorReads => step is { Pool: 0, Activation: 0 } && CollectorReads(step.X),
        StepKind.CollectorDeletes => CollectorDeletes(),
        StepKind.MessageArrives => Deliver(step.X, step.Activation),
        StepKind.HaltGoesOn => HaltGoesOn(step.Activation),
        StepKind.Cancel => sweep is { Active: true, Cancelled: false } && Take(Fault.Cancel) && Is(BeginHalt(pause: false)),
        StepKind.Pause => sweep is { Active: true, Halted: false } && Take(Fault.Pause) && Is(BeginHalt(pause: true)),

        // Between two turns of the sweep: after its halt, or after one that failed.
        StepKind.Resume => sweep is { Active: true, Paused: true, HaltStage: 0 or 1 } && Is(GoOn(sweep.Generation)),
        StepKind.Retry => sweep is { Active: true, Halted: false } && cells.Any(c => c.Row.FailedBecause is not null) && Take(Fault.Retry) && Is(GoOn(sweep.Generation + 1)),
        StepKind.Wake => (sweep.Active ? !Off(Guard.ReminderWakes) && Take(Fault.Reminder) : !Off(Guard.ReminderWakes)) && Is(Wake()),
        StepKind.SweepCrashes => sweep.Active && Take(Fault.ActivationCrash) && Is(sweep = sweep with { Active = false, Queued = 0, HaltStage = 0 }),
        StepKind.SecondPool => pools.Count == 1 && Take(Fault.TwoActivations) && SecondPool(),
        StepKind.StoreRollsBack => Take(Fault.Rollback) && RollsBack(step.X),
        StepKind.StoreFlushes => Has(Fault.Rollback) && !bounds.Collects && Flushes(),
        StepKind.Minute => Take(Fault.Minute) && PassMinute(),
        StepKind.PoolCrashes => Take(Fault.ActivationCrash) && RemovePool(step.X),
        StepKind.PoolChecksEpoch => StepsDown(pools[step.X]) && RemovePool(step.X),
        StepKind.WriteEnds => pools[step.X].Writing is not null && Is(() => EndWrite(pools[step.X])),
        StepKind.OffersTimeOut => !Off(Guard.OffersWithdrawn) && HasOffers(pools[step.X]) && Take(Fault.Silence) && Is(() => Tick(pools[step.X], OffersOnly)),
        StepKind.AdoptedTimeOut => HasAdopted(pools[step.X]) && Take(Fault.Silence) && Is(() => Tick(pools[step.X], AdoptedOnly)),
        StepKind.LateWriteArrives => LateWriteArrives(step.X),
        _ => TakeOfHost(step),
    };

    private bool TakeOfHost(Step step)
    {
        int h = step.X;
        var host = hosts[h];
        var alone = step is { Pool: 0, Activation: 0 };
        if (step.Kind is StepKind.DeathIsTold)
        {
            return host is { Alive: false, DeathTold: false } && step.Activation == 0 && Is(() => TellDeath(h));
        }

        if (step.Kind is StepKind.HostRestarts)
        {
            return alone && host is { Alive: false, DeathTold: true } && Is(hosts[h] = new(h, host.Generation + 1));
        }

        if (step.Kind is StepKind.LateBeatArrives)
        {
            return step.Activation == 0 && host.LateBeat is not null && LateBeatArrives(h);
        }

        if (step.Kind is StepKind.OperatorDrains or StepKind.DrainIsAnswered or StepKind.OperatorUndrains)
        {
            return step.Activation == 0 && TakeOfOperator(step.Kind, h);
        }

        if (!host.Alive)
        {
            return false;
        }

        return step.Kind switch
        {
            StepKind.HostIsSilent => step.Activation == 0 && pools.Count > 0 && Books.Hosts(pools[step.Pool].Book).ContainsKey(host.Name)
                && (host.Cut || Take(Fault.Silence)) && Is(() => PoolTurn(p => p.Book.HostIsSilent(host.Name, "", default))),
            StepKind.BeatIsBuilt => alone && host.Beat is null && Is(hosts[h] = host with { Beat = BuildBeat(h), Beats = host.Beats + 1 }),
            StepKind.BeatArrives => step.Activation == 0 && host is { Beat: not null, Cut: false } && BeatArrives(h),
            StepKind.Train => alone && Train(h),
            StepKind.TellCheckpoint => TellCheckpoint(h, step.Activation),
            StepKind.TellEnd => TellEnd(h, step.Y, step.Activation),
            StepKind.ReportIsStale => step.Pool == 0 && ReportStale(h, step.Activation),
            StepKind.TrainerCrashes => alone && host.Current is { End: null } && Take(Fault.TrainerCrash) && TrainerCrashes(h),
            StepKind.HostCrashes => alone && Take(Fault.HostCrash) && Is(Die(h)),
            StepKind.Drain => alone && !host.Draining && Take(Fault.Drain) && Is(() => Drain(h)),
            StepKind.Leave => alone && host is { Draining: true, Current: null, Finishing: [] } && Is(Die(h)),
            StepKind.CutOff => alone && !host.Cut && Take(Fault.Cut) && Is(hosts[h] = host with { Cut = true }),
            StepKind.Heal => alone && host.Cut && Is(hosts[h] = host with { Cut = false }),
            _ => throw new InvalidOperationException($"unknown step {step.Kind}"),
        };
    }

    private bool TakeOfOperator(StepKind kind, int h) => kind switch
    {
        StepKind.OperatorDrains => drains[h] == DrainStage.None && Has(Fault.OperatorDrain) && OperatorDrains(h) && Take(Fault.OperatorDrain),
        StepKind.DrainIsAnswered => DrainIsAnswered(h),
        _ => drains[h] == DrainStage.Drained && Is(() => OperatorUndrains(h)),
    };

    private static bool Is<T>(T done) => done is not null;

    private static bool Is(Action action)
    {
        action();
        return true;
    }

    private bool RemovePool(int index)
    {
        pools.RemoveAt(index);
        return true;
    }

    private static bool HasOffers(Pool pool) => Books.Leases(pool.Book).All.Any(e => e is { Phase: LeasePhase.Offered, Request: not null });

    private static bool HasAdopted(Pool pool) => Books.Leases(pool.Book).All.Any(e =>
        e is { Phase: LeasePhase.Offered, Request: null } || (e.Phase is LeasePhase.Held or LeasePhase.Finishing && !Books.Hosts(pool.Book).ContainsKey(e.Lease.Host)));

    private void Tick(Pool pool, GpuPoolOptions options)
    {
        pool.Book.Tick(TimeSpan.FromSeconds(1), options);
        Pump(pool);
    }
}
