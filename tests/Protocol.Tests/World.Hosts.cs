using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuHosts;

namespace SmallBatch.Protocol.Tests;

/// <summary>What a host does with its trainer, as <c>TrainerHost</c> and <c>TrainerAttempt</c> do it.</summary>
internal sealed partial class World
{
    private StartReply Start(int h, StartOrder order)
    {
        var host = hosts[h];
        if (host.Draining)
        {
            hosts[h] = host with { Refused = host.Beats };
            return new(false, host.Beats, "draining");
        }

        var tokens = Off(Guard.HighestToken) && host.Current?.Lease.Token != order.Lease.Token ? default : host.Tokens;
        switch (tokens.Judge(order.Lease.Token, host.Current?.Lease.Token))
        {
            case StartVerdict.Runs:
                if (host.Current!.Lease.ConfigurationKey != order.Lease.ConfigurationKey)
                {
                    Break($"the training of {host.Current.Lease.ConfigurationKey} is taken for that of {order.Lease.ConfigurationKey}");
                }

                return new(true, host.Beats, null);
            case StartVerdict.Refused:
                return new(false, host.Beats, "");
            default:
                if (!order.Lease.Token.IsHigherThan(host.Tokens.Highest) || !order.Lease.Token.IsHigherThan(host.Stopped))
                {
                    Break($"a Start of {order.Lease.ConfigurationKey} that was done with begins anew");
                }

                var resumed = order.Checkpoints.FirstOrDefault(k => blobs.Contains(k.BlobName))?.Step ?? 0;
                hosts[h] = host with { Tokens = host.Tokens.Seen(order.Lease.Token), Current = new(order.Lease, resumed, 0, 0, 0, null) };
                return new(true, host.Beats, null);
        }
    }

    private void StopSlot(int h, Lease lease)
    {
        if (!Off(Guard.StopRaises))
        {
            hosts[h] = hosts[h] with { Tokens = hosts[h].Tokens.Seen(lease.Token) };
        }

        hosts[h] = hosts[h] with { Stopped = lease.Token.IsHigherThan(hosts[h].Stopped) ? lease.Token : hosts[h].Stopped };
        Abandon(h, lease.Token);
    }

    /// <summary>Stops an attempt, and stops telling anybody of it.</summary>
    private void Abandon(int h, LeaseToken token)
    {
        var host = hosts[h];
        hosts[h] = host with
        {
            Current = host.Current?.Lease.Token == token ? null : host.Current,
            Finishing = [.. host.Finishing.Where(f => f.Lease.Token != token)],
        };
    }

    private HostHeartbeat BuildBeat(int h)
    {
        var host = hosts[h];
        return new(
            host.Name, Host.NameOf(h), host.Beats + 1, Devices,
            host.Current is { } current ? [current.Lease] : [],
            Off(Guard.FinishingListed) ? [] : [.. host.Finishing.Select(f => f.Lease)],
            host.Draining,
            host.Tokens.Highest?.Epoch ?? 0,
            []);
    }

    /// <summary>One step further: a checkpoint after each, an outcome after the last.</summary>
    private bool Train(int h)
    {
        if (hosts[h].Current is not { End: null } attempt)
        {
            return false;
        }

        hosts[h] = attempt.Step < bounds.Steps
            ? hosts[h] with { Current = attempt with { Step = attempt.Step + 1, Written = attempt.Step + 1 } }
            : hosts[h] with { Current = null, Finishing = [.. hosts[h].Finishing, attempt with { Written = 0, Uploaded = 0, End = AttemptEnd.Completed }] };
        Upload(h);
        return true;
    }

    /// <summary>What is written is uploaded as soon as the one before it is told.</summary>
    private void Upload(int h)
    {
        if (hosts[h].Current is { Written: > 0, Uploaded: 0 } attempt)
        {
            blobs.Add(BlobName(attempt.Lease, attempt.Written));
            hosts[h] = hosts[h] with { Current = attempt with { Written = 0, Uploaded = attempt.Written, Number = attempt.Number + 1 } };
        }
    }

    /// <summary>A trainer that ended without an outcome leaves the slot once its last checkpoint is told; then its end is told.</summary>
    private void LeaveSlotIfEnded(int h)
    {
        if (hosts[h].Current is { End: not null } attempt && (attempt is { Written: 0, Uploaded: 0 } || Off(Guard.DrainStoresFirst)))
        {
            hosts[h] = hosts[h] with { Current = null, Finishing = [.. hosts[h].Finishing, attempt] };
        }
    }

    private void Drain(int h)
    {
        hosts[h] = hosts[h] with { Draining = true };
        Yield(h);
    }

    /// <summary>The trainer stops after a last checkpoint.</summary>
    private void Yield(int h)
    {
        var current = hosts[h].Current is { End: null } attempt
            ? attempt with { Written = attempt.Step > 0 && attempt.Uploaded != attempt.Step ? attempt.Step : attempt.Written, End = AttemptEnd.Stopped }
            : hosts[h].Current;
        hosts[h] = hosts[h] with { Current = current };
        Upload(h);
        LeaveSlotIfEnded(h);
    }

    private bool TellCheckpoint(int h, int a)
    {
        if (hosts[h] is not { Cut: false, Current: { Uploaded: > 0 } attempt })
        {
            return false;
        }

        var c = CellOf(attempt.Lease.ConfigurationKey);
        var report = new CheckpointReport(Key(c), attempt.Lease.Token, attempt.Number, BlobName(attempt.Lease, attempt.Uploaded), attempt.Uploaded, "", 1);
        var receipt = CallCell(new Message.Checkpoint(c, report), () => CheckpointUploaded(c, Activate(c, a), report));
        if (receipt == Receipt.Stale)
        {
            if (cells[c].Row.IsCurrent(attempt.Lease.Token) && cells[c].Activations is [var only] && only.Tag == cells[c].Tag)
            {
                Break($"{Key(c)}'s training is given up though its lease is the current one");
            }

            Abandon(h, attempt.Lease.Token);
        }
        else if (receipt == Receipt.Accepted && hosts[h].Current?.Lease.Token == attempt.Lease.Token)
        {
            hosts[h] = hosts[h] with { Current = attempt with { Uploaded = 0 } };
            Upload(h);
            LeaveSlotIfEnded(h);
        }

        return true;
    }

    private bool TellEnd(int h, int index, int a)
    {
        if (hosts[h].Cut || index >= hosts[h].Finishing.Length)
        {
            return false;
        }

        var attempt = hosts[h].Finishing[index];
        var c = CellOf(attempt.Lease.ConfigurationKey);
        var report = new AttemptReport(
            Key(c), attempt.Lease.Token, attempt.End!.Value, "", attempt.End == AttemptEnd.Completed ? [new(0, "outcome")] : [], 1, attempt.Step);
        var receipt = CallCell(new Message.Ended(c, report), () => AttemptEnded(c, Activate(c, a), report));
        if (receipt == Receipt.Stale && attempt.End == AttemptEnd.Completed && budget[(int)Fault.Any] == bounds.Faults)
        {
            Break($"{Key(c)}'s finished training is thrown away though nothing went wrong");
        }

        if (receipt is not null)
        {
            Abandon(h, attempt.Lease.Token);
        }

        return true;
    }

    /// <summary>A host's call to a configuration: null where it hears nothing and tries again.</summary>
    private Receipt? CallCell(Message late, Func<Receipt?> turn)
    {
        var fault = Call(Fault.Lost, Fault.AnswerLost, Fault.Late);
        if (fault == Fault.Late)
        {
            messages.Add(late);
        }

        var receipt = fault is Fault.Lost or Fault.Late ? null : turn();
        return fault == Fault.None ? receipt : null;
    }

    /// <summary>A progress report, where it is refused: the trainer stops. One that is taken changes nothing.</summary>
    private bool ReportStale(int h, int a)
    {
        if (hosts[h] is not { Cut: false, Current: { } attempt } || Off(Guard.CancelTakesLeases))
        {
            return false;
        }

        var c = CellOf(attempt.Lease.ConfigurationKey);
        var state = cells[c].Activations.Length == 0 ? cells[c].Row : State(c, Math.Min(a, cells[c].Activations.Length - 1));
        if (state.IsCurrent(attempt.Lease.Token))
        {
            return false;
        }

        Abandon(h, attempt.Lease.Token);
        return true;
    }

    private static string BlobName(Lease lease, long step) => $"{lease.ConfigurationKey}/{lease.Token}-{step:D12}.safetensors";
}
