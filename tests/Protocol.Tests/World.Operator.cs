namespace SmallBatch.Protocol.Tests;

/// <summary>An operator who drains hosts and puts them back, and asks again where nobody answers.</summary>
internal sealed partial class World
{
    private bool OperatorDrains(int h)
    {
        if (pools.Count == 0 || !Books.Hosts(pools[Math.Min(poolIndex, pools.Count - 1)].Book).Values.Any(k => k.HostName == Host.NameOf(h)))
        {
            return false;
        }

        drains[h] = DrainStage.Asked;
        AskForDrain(h);
        return true;
    }

    private void OperatorUndrains(int h)
    {
        drains[h] = DrainStage.PuttingBack;
        AskForUndrain(h);
    }

    private void AskForDrain(int h) => CallPool(p => p.Book.Drain(Host.NameOf(h), "", default), null);

    private void AskForUndrain(int h) => CallPool(p => p.Book.Undrain(Host.NameOf(h), null), null);

    /// <summary>The pool answers once its rows are stored; one that is gone never does.</summary>
    private bool DrainIsAnswered(int h)
    {
        var pool = pools.Count == 0 ? null : pools[Math.Min(poolIndex, pools.Count - 1)];
        var wants = drains[h] == DrainStage.Asked;
        if (drains[h] is not (DrainStage.Asked or DrainStage.PuttingBack) || pool is not { Book.OutagesAreStored: true }
            || Books.Outages(pool.Book).ContainsKey((Host.NameOf(h), null)) != wants)
        {
            return false;
        }

        drains[h] = wants ? DrainStage.Drained : DrainStage.None;
        return true;
    }

    /// <summary>A patient operator: asks until it is answered, waits until the host is empty, and puts it back.</summary>
    private void OperatorGoesOn(int h)
    {
        if (drains[h] == DrainStage.None || DrainIsAnswered(h))
        {
            return;
        }

        switch (drains[h])
        {
            case DrainStage.Asked:
                AskForDrain(h);
                break;
            case DrainStage.PuttingBack:
                AskForUndrain(h);
                break;
            default:
                if (hosts[h] is { Current: null, Finishing: [] } && leases.Rows.Values.All(r => HostOf(r.Lease.Host) != h))
                {
                    OperatorUndrains(h);
                }

                break;
        }
    }
}
