using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Protocol.Tests;

/// <summary>The promises that are checked at every step.</summary>
internal sealed partial class World
{
    /// <summary>A configuration's row is about to change.</summary>
    private void Witness(int c, ConfigurationState before, ConfigurationState next)
    {
        if ((before.Cancelled || before.Paused || sweep.HaltDone) && next.Attempt > before.Attempt)
        {
            Break($"{Key(c)} begins an attempt though it is cancelled or paused");
        }

        if (before.FailedBecause is not null && next.Attempt > before.Attempt)
        {
            Break($"{Key(c)} begins an attempt though it was given up");
        }

        if (before is { Phase: AttemptPhase.Training, Token: { } ended } && (next.Phase == AttemptPhase.None || next.Token != ended))
        {
            cells[c] = cells[c] with { Unheard = [.. cells[c].Unheard, ended] };
        }

        if (before.Token is { } token && token.IsHigherThan(next.Token))
        {
            Break($"{Key(c)} goes back to an older lease");
        }

        if (cells[c] is { Result: false, Lost: null } && before.Checkpoints is [var had, ..] && had.Reference.Step > (next.Checkpoints is [var has, ..] ? has.Reference.Step : 0))
        {
            Break($"the checkpoint of {Key(c)} moves back from step {had.Reference.Step}");
        }
    }

    /// <summary>A slot is offered.</summary>
    private void CheckOffer(int c, Lease lease)
    {
        var h = HostOf(lease.Host);
        if (h < 0)
        {
            return;
        }

        if (drains[h] == DrainStage.Drained)
        {
            Break($"a slot of a drained host is offered to {Key(c)}");
        }

        // Of two activations of the pool only one is told; the other finds out by the host's silence.
        if (hosts[h].DeathTold && bounds.Each.All(e => e.Fault != Fault.TwoActivations))
        {
            Break($"a slot of a dead host is offered to {Key(c)}");
        }

        var onlyDrained = hosts[h].Draining && budget[(int)Fault.Any] == bounds.Faults - 1;
        if (onlyDrained && hosts[h].Refused is { } refused && pools.Any(p => Books.Hosts(p.Book).TryGetValue(lease.Host, out var known) && known.LastNumber <= refused))
        {
            Break($"a slot is offered to {Key(c)} of a host that has refused one and said nothing since, though nothing went wrong");
        }
    }

    /// <summary>A slot is chosen. A poisoned configuration asks anew after each death, so that the pool knows where not to put it, unless a call went wrong.</summary>
    private void CheckPlace(Pool pool, Lease lease)
    {
        var died = cells[CellOf(lease.ConfigurationKey)].Row.DiedOn;
        if (died.Length < ConfigurationTransitions.PoisonedFrom || budget[(int)Fault.Any] - budget[(int)Fault.TrainerCrash] != bounds.Faults - bounds.Budget()[(int)Fault.TrainerCrash])
        {
            return;
        }

        var places = died.Select(HostAddress.Place).ToHashSet();
        if (places.Contains(HostAddress.Place(lease.Host)) && Books.Hosts(pool.Book).Keys.Any(h => !places.Contains(HostAddress.Place(h))))
        {
            Break($"{lease.ConfigurationKey} is granted a slot where its trainer died, though there is another host");
        }
    }

    /// <summary>A configuration has taken a word under this token, and has stored so.</summary>
    private void Hear(int c, LeaseToken token)
    {
        var cell = cells[c];
        if (cell.Row.Token != token || cell.Heard is { } heard && heard.IsHigherThan(token))
        {
            Break($"{Key(c)} takes the word of lease {token}, which is not its own");
        }

        cells[c] = cells[c] with { Heard = token };
    }

    /// <summary>What must hold between any two steps.</summary>
    public void CheckPromises()
    {
        for (var c = 0; c < cells.Length; c++)
        {
            if (cells[c] is { Result: false, Row: { Cancelled: false, Checkpoints: [var newest, ..] references } }
                && (references.FirstOrDefault(k => blobs.Contains(k.Reference.BlobName))?.Reference.Step ?? 0) < (cells[c].Lost ?? newest.Reference.Step))
            {
                Break($"the checkpoint that {Key(c)} refers to is gone");
            }
        }
    }

    /// <summary>Whether everything has come to its end: each configuration, each lease, each trainer, each message.</summary>
    public bool IsOver() =>
        cells.All(c => c.Result || sweep is { Cancelled: true, HaltDone: true } || c.Row.FailedBecause is not null)
        && (!sweep.Halted || sweep is { Cancelled: true, HaltDone: true })
        && drains.All(d => d == DrainStage.None)
        && cells.All(c => c.Unheard.Length == 0)
        && IsQuiet();

    /// <summary>Whether no lease, trainer, message or write is left.</summary>
    private bool IsQuiet() =>
        hosts.All(h => !h.Alive || (h.Current is null && h.Finishing.Length == 0))
        && leases.Rows.Count == 0 && messages.Count == 0 && lateWrites.Count == 0 && pools.All(p => p.Writing is null);
}
