using Azure.Data.Tables;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains;
using SmallBatch.Grains.GpuHosts;
using SmallBatch.Silo.Storage;

namespace SmallBatch.Silo.Health;

/// <summary>
/// What follows when the store went back: tables are made again, every silo drops what its grains remember, membership is made
/// whole, and each sweep compares what it believes with the rows.
/// </summary>
internal sealed partial class StoreRecovery(
    TableServiceClient tables,
    StoreFormatTable format,
    StoredActivations activations,
    IMembershipTable membershipTable,
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<StoreRecovery> logger) : IStoreRecovery
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan OthersMayTake = TimeSpan.FromSeconds(15);

    /// <inheritdoc/>
    public void DropActivations() => ActivationsDropped(activations.Drop("the store went back"));

    /// <summary>What every silo does for itself when the store answers after a silence, though nothing is known to be lost: it costs a second of reads.</summary>
    public async Task ReadAgainAsync(CancellationToken cancellationToken)
    {
        await UntilDone("tables", () => MakeTablesAsync(cancellationToken), cancellationToken);
        DropActivations();
    }

    /// <summary>Does all of it, each part again until it succeeds.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ReadAgainAsync(cancellationToken);
        foreach (var other in membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active && !m.SiloAddress.Equals(silo.SiloAddress)))
        {
            Tell(grains.GetGrain<IGpuHostGrain>(other.SiloAddress.ToParsableString()).StoreWentBack(), $"silo {other.Name}");
        }

        var since = time.GetTimestamp();
        await UntilDone("membership", () => MendMembershipAsync(time.GetElapsedTime(since) > OthersMayTake, cancellationToken), cancellationToken);
        await UntilDone("sweeps", () => WakeSweepsAsync(cancellationToken), cancellationToken);
        Recovered();
    }

    private async Task<bool> MakeTablesAsync(CancellationToken cancellationToken)
    {
        foreach (var name in StoreTables.Names)
        {
            await tables.CreateTableIfNotExistsAsync(name, cancellationToken);
        }

        await format.RaiseAsync(cancellationToken);

        return true;
    }

    private async Task<bool> MendMembershipAsync(bool waited, CancellationToken cancellationToken)
    {
        await membershipTable.InitializeMembershipTableAsync(true, cancellationToken);
        var table = await membershipTable.ReadAllAsync(cancellationToken);
        var own = table.TryGet(silo.SiloAddress)?.Item1 ?? new MembershipEntry { StartTime = time.GetUtcNow().UtcDateTime };
        var step = MembershipMending.Next(
            membership.CurrentSnapshot,
            table,
            new()
            {
                SiloAddress = silo.SiloAddress,
                SiloName = silo.Name,
                HostName = silo.DnsHostName,
                RoleName = own.RoleName ?? "SmallBatch.Silo",
                ProxyPort = silo.GatewayAddress?.Endpoint.Port ?? 0,
                StartTime = own.StartTime,
                IAmAliveTime = time.GetUtcNow().UtcDateTime,
                Status = SiloStatus.Active,
                SuspectTimes = [],
            },
            waited);
        if (step.Write is not { } write)
        {
            return step.Done;
        }

        MembershipWritten(write.Entry.SiloAddress, write.Entry.Status, write.Version);
        var version = new TableVersion(write.Version, table.Version.VersionEtag);
        var written = write.IsNew
            ? await membershipTable.InsertRowAsync(write.Entry, version, cancellationToken)
            : await membershipTable.UpdateRowAsync(write.Entry, table.Version.VersionEtag, version, cancellationToken);
        return written && step.Done;
    }

    /// <summary>A complete sweep looks whether its rows are all there still, an unfinished one goes on from what is.</summary>
    private async Task<bool> WakeSweepsAsync(CancellationToken cancellationToken)
    {
        foreach (var sweep in await grains.GetGrain<ISweepIndexGrain>(0).List(cancellationToken))
        {
            await grains.GetGrain<ISweepGrain>(sweep.Name).Wake();
        }

        return true;
    }

    private async Task UntilDone(string what, Func<Task<bool>> step, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await step())
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                NotYet(what, failure.Message);
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    private async void Tell(Task call, string whom)
    {
        try
        {
            await call;
        }
        catch (Exception failure)
        {
            // It finds out by its own canary.
            NotYet(whom, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} activations are dropped: what they know of the store is read again")]
    private partial void ActivationsDropped(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Membership went back: {Silo} is written again as {Status}, version {Version}")]
    private partial void MembershipWritten(SiloAddress silo, SiloStatus status, int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "After the store went back, {What}: {Failure}; trying again")]
    private partial void NotYet(string what, string failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Everything that the store went back on is read again")]
    private partial void Recovered();
}
