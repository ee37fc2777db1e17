using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>The turns of a configuration's grain, call by call as <c>ConfigurationGrain</c> makes them. True where the caller hears an answer.</summary>
internal sealed partial class World
{
    /// <summary>The activation that takes a message: it reads the row where there is none.</summary>
    private int Activate(int c, int wanted)
    {
        var cell = cells[c];
        if (cell.Activations.Length == 0)
        {
            cells[c] = cell with { Activations = [Fresh(cell)] };
        }

        return Math.Min(wanted, cells[c].Activations.Length - 1);
    }

    private static Activation Fresh(Cell cell) =>
        new(cell.Row, cell.Tag, cell.Row is { Attempt: > 0, Phase: not AttemptPhase.Training } && cell.Result);

    private ConfigurationState State(int c, int a) => cells[c].Activations[a].State;

    private bool Wants(int c, int a) => ConfigurationTransitions.Wants(State(c, a), cells[c].Activations[a].Recorded);

    private bool Queue(int c, int a)
    {
        if (TakeOrder(c, a) is not { } isNew)
        {
            return false;
        }

        return TellRuns(c, a) && (!Wants(c, a) || (Off(Guard.WokenAsks) && !isNew) || Ask(c, a));
    }

    /// <summary>Whether the order was news; null where it could not be stored. Where there is no row yet, it is only remembered.</summary>
    private bool? TakeOrder(int c, int a)
    {
        if (ConfigurationTransitions.Ordered(State(c, a), Orders[c] with { ControlVersion = sweep.Version, Generation = sweep.Generation }, Now) is not { } next)
        {
            return false;
        }

        if (cells[c].Activations[a].Tag > 0)
        {
            return Store(c, a, next) ? true : null;
        }

        Remember(c, a, next);
        return true;
    }

    private bool Halt(int c, int a)
    {
        var state = State(c, a);
        var lease = state.Phase == AttemptPhase.None ? null : state.Lease;
        if (cells[c].Activations[a].Recorded || ConfigurationTransitions.Halted(state, sweep.Order, Now) is not { } next)
        {
            return TellRuns(c, a);
        }

        if (Off(Guard.HaltWrittenWhenIdle) && lease is null)
        {
            Remember(c, a, next);
            return true;
        }

        if (!Store(c, a, next))
        {
            return false;
        }

        if (!TellRuns(c, a))
        {
            return false;
        }

        if (state.Order is not null && lease is not null && next.Cancelled)
        {
            messages.Add(new Message.Stop(c, lease));
        }

        return true;
    }

    private bool LeaseOffered(int c, int a, Lease lease)
    {
        if (State(c, a).Order is null)
        {
            if (Call(Fault.Lost, Fault.AnswerLost) != Fault.None)
            {
                return false;
            }

            if (!sweep.Halted && !cells[c].Result && TakeOrder(c, a) is null)
            {
                return false;
            }
        }

        var believed = Off(Guard.ControlBeforeAttempt) ? State(c, a) with { Cancelled = false, Paused = false }
            : Off(Guard.GivenUpForGood) ? State(c, a) with { FailedBecause = null }
            : State(c, a);
        if (ConfigurationTransitions.Offered(believed, lease, cells[c].Activations[a].Recorded, Now) is not { } next)
        {
            return Release(c, lease);
        }

        if (next != believed && !Store(c, a, next))
        {
            return false;
        }

        var state = State(c, a);
        if (state.Phase != AttemptPhase.Training)
        {
            return true;
        }

        var order = new StartOrder(lease, state.Order!.Job, state.Attempt, [.. state.Checkpoints.Select(k => k.Reference)]);
        return CallStart(c, order) switch
        {
            null => false,
            { Accepted: true } reply => Started(c, lease, reply.HeartbeatNumber),
            { } refusal => Refused(c, lease, refusal.HeartbeatNumber) && Lose(c, a, lease.Token),
        };
    }

    private bool Started(int c, Lease lease, long number) =>
        CallPool(p => p.Book.Started(Key(c), lease.Token, number, default), new Message.Started(c, lease, number));

    private bool Refused(int c, Lease lease, long number)
    {
        if (Off(Guard.RefusalHeeded))
        {
            return Release(c, lease);
        }

        return CallPool(p => p.Book.Refused(lease, number, default), new Message.Refused(c, lease, number));
    }

    private bool Release(int c, Lease lease) => CallPool(p => p.Book.Release(Key(c), lease.Token, default), new Message.Release(c, lease));

    private bool Lose(int c, int a, LeaseToken token) =>
        ConfigurationTransitions.Lost(State(c, a), token, "", Now) is not { } next
        || (Store(c, a, next) && TellRuns(c, a) && Continue(c, a));

    private Receipt? CheckpointUploaded(int c, int a, CheckpointReport report)
    {
        var state = State(c, a);
        var asked = report;
        if (Off(Guard.TokenAtCheckpoint) && state.Token is { } token)
        {
            asked = asked with { Token = token, Number = state.CheckpointNumber + 1 };
        }

        if (Off(Guard.CheckpointOrder))
        {
            asked = asked with { Number = state.CheckpointNumber + 1 };
        }

        if (ConfigurationTransitions.Checkpointed(state, asked, Now) is not { } next || (next == state && Off(Guard.CheckpointToldAgain)))
        {
            return Receipt.Stale;
        }

        if (Off(Guard.CheckpointsKeptAMinute))
        {
            next = next with { Checkpoints = next.Checkpoints[..1] };
        }

        if (next != state && !Store(c, a, next))
        {
            return null;
        }

        Hear(c, report.Token);
        if (blobs.Contains(report.BlobName))
        {
            cells[c] = cells[c] with { Lost = null };
        }

        blobs.ExceptWith(ConfigurationTransitions.Superseded(state, next));
        return Receipt.Accepted;
    }

    private Receipt? AttemptEnded(int c, int a, AttemptReport report)
    {
        var asked = Off(Guard.TokenAtOutcome) && State(c, a).Token is { } token ? report with { Token = token } : report;
        if (ConfigurationTransitions.Ended(State(c, a), asked, Now) is not { } next)
        {
            return TellRuns(c, a) ? Receipt.Stale : null;
        }

        if (!Store(c, a, next))
        {
            return null;
        }

        Hear(c, report.Token);
        var lease = State(c, a).Lease!;
        if (!TellRuns(c, a))
        {
            return null;
        }

        if (State(c, a).Phase == AttemptPhase.Recording)
        {
            if (!CallRecord(c, report.Token))
            {
                return null;
            }

            cells[c] = cells[c] with { Activations = Replace(cells[c].Activations, a, cells[c].Activations[a] with { Recorded = true }) };
            if (!Store(c, a, ConfigurationTransitions.Recorded(State(c, a), Now)))
            {
                return null;
            }
        }
        if (report.End == AttemptEnd.Stopped && !State(c, a).Cancelled && State(c, a).Checkpoints.Select(k => k.Reference.Step).FirstOrDefault() < report.Step)
        {
            Break($"a drain lost steps of {Key(c)}");
        }

        return Release(c, lease with { Token = report.Token }) && Continue(c, a) ? Receipt.Accepted : null;
    }

    private bool Continue(int c, int a) => !Wants(c, a) || Ask(c, a);

    private bool Ask(int c, int a)
    {
        if (!TellRuns(c, a))
        {
            return false;
        }

        var state = State(c, a);
        var request = new LeaseRequest(
            Key(c), SweepId, state.ControlVersion, Class, 0, state.Attempt > 0 ? int.MinValue : 0, state.Token, 1, Off(Guard.PoisonedElsewhere) ? [] : ConfigurationTransitions.AvoidHosts(state),
            bounds.Quotas && c == cells.Length - 1 ? Owed : PoolShare.Default);
        var answer = RequestState.Refused;
        return CallPool(p => answer = p.Book.Request(request, default).State, new Message.Request(c, request))
            && (ConfigurationTransitions.Answered(state, answer, Now) is not { } lost || (Store(c, a, lost) && TellRuns(c, a)));
    }
}
