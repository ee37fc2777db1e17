using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Protocol.Tests;

/// <summary>The calls that a turn makes, one of which may go wrong.</summary>
internal sealed partial class World
{
    private int calls;
    private int faultAt = -1;
    private Fault faultKind;
    private int poolIndex;

    /// <summary>Calls that the last turn made.</summary>
    public int Calls => calls;

    /// <summary>Whether the planned fault was of a kind that its call can suffer.</summary>
    public bool FaultHappened { get; private set; }

    /// <summary>Whether a call may still go wrong in this way.</summary>
    public bool MayFail(Fault fault) => Has(fault == Fault.AnswerLost ? Fault.Lost : fault);

    /// <summary>Does the step; false where it is none that can be done here.</summary>
    public bool Do(Step step)
    {
        (calls, faultAt, faultKind, FaultHappened) = (0, step.Fault == Fault.None ? -1 : step.At, step.Fault, step.Fault == Fault.None);
        poolIndex = step.Pool;
        return Take(step) && FaultHappened && (step.Fault == Fault.None || Take(step.Fault == Fault.AnswerLost ? Fault.Lost : step.Fault));
    }

    private Fault Call(params ReadOnlySpan<Fault> possible)
    {
        if (calls++ != faultAt || !possible.Contains(faultKind))
        {
            return Fault.None;
        }

        FaultHappened = true;
        return faultKind;
    }

    /// <summary>A call to the pool: false where the caller sees it fail. <paramref name="late"/> is what may arrive later.</summary>
    private bool CallPool(Action<Pool> turn, Message? late)
    {
        var fault = late is null ? Call(Fault.Lost, Fault.AnswerLost) : Call(Fault.Lost, Fault.AnswerLost, Fault.Late);
        if (fault == Fault.Late)
        {
            messages.Add(late!);
        }

        if (fault is Fault.None or Fault.AnswerLost)
        {
            PoolTurn(turn);
        }

        return fault == Fault.None;
    }

    /// <summary>The aggregator inserts how attempts ended, where that is absent; that it has is stored with the configuration's next write.</summary>
    private bool TellRuns(int c, int a)
    {
        var runs = State(c, a).Untold;
        foreach (var run in runs)
        {
            var fault = Call(Fault.Lost, Fault.AnswerLost);
            if (fault != Fault.Lost)
            {
                cells[c] = cells[c] with { Unheard = [.. cells[c].Unheard.Where(t => t.ToString() != run.Token)] };
            }

            if (fault != Fault.None)
            {
                return false;
            }
        }

        if (runs.Length > 0)
        {
            Remember(c, a, AttemptRecords.Told(State(c, a), runs));
        }

        return true;
    }

    /// <summary>The aggregator inserts the outcome if it is absent.</summary>
    private bool CallRecord(int c, LeaseToken token)
    {
        var fault = Call(Fault.Lost, Fault.AnswerLost, Fault.Late);
        if (fault == Fault.Late)
        {
            messages.Add(new Message.Record(c, token));
        }

        if (fault is Fault.None or Fault.AnswerLost)
        {
            cells[c] = cells[c] with { Result = true };
        }

        return fault == Fault.None;
    }

    /// <summary>A call to a host; null where the caller sees it fail.</summary>
    private StartReply? CallStart(int c, StartOrder order)
    {
        var fault = Call(Fault.Lost, Fault.AnswerLost, Fault.Late);
        if (fault == Fault.Late)
        {
            messages.Add(new Message.Start(c, order));
        }

        var h = HostOf(order.Lease.Host);
        if (fault is Fault.Lost or Fault.Late || h < 0 || !hosts[h].Alive || hosts[h].Cut)
        {
            return null;
        }

        var reply = Start(h, order);
        return fault == Fault.None ? reply : null;
    }

    /// <summary>The configuration's row is written under the tag that the activation holds; else the activation is gone. Answers whether the turn goes on.</summary>
    private bool Store(int c, int a, ConfigurationState next)
    {
        var fault = Call(Fault.Lost, Fault.Store, Fault.Late);
        var cell = cells[c];
        var activation = cell.Activations[a];
        next = next with { Story = [], StartedAt = default, Untold = Off(Guard.EndsAreOwed) ? [] : next.Untold };
        if (fault == Fault.Late)
        {
            messages.Add(new Message.Row(c, next, activation.Tag, ++nextTag));
        }

        var stored = fault is Fault.None or Fault.Store && (cell.Tag == activation.Tag || Off(Guard.ConfigurationTag));
        if (stored)
        {
            Witness(c, cell.Row, next);
            var tag = ++nextTag;
            cells[c] = cells[c] with { Row = next, Tag = tag, WrittenAt = minutes, Activations = Replace(cell.Activations, a, activation with { State = next, Tag = tag }) };
        }

        if (!stored || fault == Fault.Store)
        {
            cells[c] = cells[c] with { Activations = Without(cells[c].Activations, a) };
            return false;
        }

        return true;
    }

    /// <summary>An activation's state changes, the row does not.</summary>
    private void Remember(int c, int a, ConfigurationState next) =>
        cells[c] = cells[c] with { Activations = Replace(cells[c].Activations, a, cells[c].Activations[a] with { State = next with { Story = [] } }) };

    private static T[] Replace<T>(T[] items, int index, T item)
    {
        T[] copy = [.. items];
        copy[index] = item;
        return copy;
    }

    private static T[] Without<T>(T[] items, int index) => [.. items[..index], .. items[(index + 1)..]];
}
