using SmallBatch.Bench.Chaos.Network;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Client.Export;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>Where strikes are made: a cluster with a sweep on it, of whose jobs so many train at once, and what is known of both.</summary>
internal sealed partial class Arena(ClusterProcesses cluster, ClusterView view, NetworkOfNamespaces? network, SweepSnapshot sweep, int epochs, int training, Random chance, TimeSpan longestHold, TimeProvider time, CancellationToken cancellationToken)
{
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private const double FreshSeconds = 8;
    private const int FewestLeft = 3;

    /// <summary>The processes.</summary>
    public ClusterProcesses Cluster => cluster;

    /// <summary>When the store lost its last seconds.</summary>
    public List<DateTimeOffset> Rollbacks { get; } = [];

    /// <summary>Devices that were out of service and why, put back as an operator does.</summary>
    public List<string> PutBack { get; } = [];

    /// <summary>A seat whose silo trains, drawn by chance.</summary>
    public async Task<IReadOnlyList<Seat>> TrainingAsync()
    {
        var pool = await view.PoolAsync();
        var seats = pool.Leases.Where(l => l.State == RequestState.Holds).Select(l => SeatOf(l.Lease.Host)).OfType<Seat>().Distinct().OrderBy(s => s.Start.WorkRoot, StringComparer.Ordinal).ToList();
        return seats.Count == 0 ? [] : [seats[chance.Next(seats.Count)]];
    }

    /// <summary>The seat that a grain is active on, of those that are struck.</summary>
    public async Task<IReadOnlyList<Seat>> HolderAsync(Holder holder)
    {
        var seat = await SeatOfAsync(g => holder switch
        {
            Holder.Pool => g.GetGrain<IGpuPoolGrain>("default"),
            Holder.Sweep => g.GetGrain<ISweepGrain>(sweep.Name),
            _ => g.GetGrain<IAggregatorGrain>(sweep.SweepId),
        });
        return seat is null ? [] : [seat];
    }

    /// <summary>The seat that a grain is active on; null where it is on none.</summary>
    public async Task<Seat?> SeatOfAsync(Func<IGrainFactory, IAddressable> grain)
    {
        var silo = await SiloOfAsync(grain);
        return silo is null ? null : SeatOf(silo.ToParsableString());
    }

    /// <summary>The silo that a grain is active on; null where it is on none.</summary>
    public Task<SiloAddress?> SiloOfAsync(Func<IGrainFactory, IAddressable> grain) =>
        view.AskAsync<SiloAddress?>(async g => await g.GetGrain<IManagementGrain>(0).GetActivationAddress(grain(g)));

    /// <summary>The seat of a silo's full address, <c>ip:port@generation</c>.</summary>
    public Seat? SeatOf(string host) => cluster.Seats.FirstOrDefault(s => host.StartsWith($"{s.Address.Host}:{s.Start.SiloPort}@", StringComparison.Ordinal));

    /// <summary>The sweep's results.csv.</summary>
    public async Task<string> CsvAsync() => ResultFiles.Results(await ResultsAsync());

    /// <summary>The sweep's results.</summary>
    public Task<SweepResults> ResultsAsync() => view.AskAsync(g => g.GetGrain<IAggregatorGrain>(sweep.SweepId).Results(cancellationToken));

    /// <summary>Two seats, drawn by chance.</summary>
    public IReadOnlyList<Seat> TwoOfThem()
    {
        var first = chance.Next(cluster.Seats.Count);
        var second = (first + 1 + chance.Next(cluster.Seats.Count - 1)) % cluster.Seats.Count;
        return [cluster.Seats[first], cluster.Seats[second]];
    }

    /// <summary>A seat's name for people.</summary>
    public string NameOf(Seat seat) => $"silo-{cluster.Seats.IndexOf(seat) + 1}";

    /// <summary>What trains on these seats.</summary>
    public async Task<IReadOnlyList<(string Configuration, string Token)>> LeasesAsync(IReadOnlyList<Seat> seats) =>
        [.. (await view.PoolAsync()).Leases.Where(l => l.State == RequestState.Holds && SeatOf(l.Lease.Host) is { } seat && seats.Contains(seat)).Select(l => (l.Lease.ConfigurationKey, l.Lease.Token.ToString()))];

    /// <summary>How many batch sizes the sweep has.</summary>
    public int Sizes { get; private set; } = ChaosSweep.FirstSizes;

    /// <summary>Widens the sweep where there is little left of it to strike.</summary>
    public async Task KeepBusyAsync()
    {
        if (Sizes < ChaosSweep.MostSizes && await SweepAsync() is { } now && now.Configurations - now.Ended < FewestLeft)
        {
            var reply = await view.AskAsync(g => g.GetGrain<ISweepGrain>(sweep.Name).Submit(new(ChaosSweep.Spec(epochs, Sizes + 1), ChaosSweep.Network), cancellationToken));
            Sizes += reply.Errors.Length == 0 ? 1 : throw new InvalidOperationException($"The sweep was not widened: {string.Join("; ", reply.Errors.Select(e => e.ToString()))}");
        }
    }

    /// <summary>Whether the sweep is complete.</summary>
    public async Task<bool> IsOverAsync() => await SweepAsync() is { Phase: SweepPhase.Completed };

    /// <summary>Starts what is down, and waits until every silo has reported to the pool and what can train trains.</summary>
    public async Task SettleAsync()
    {
        var since = time.GetTimestamp();
        while (!await IsWholeAsync())
        {
            if (time.GetElapsedTime(since) > SettleLimit)
            {
                throw new TimeoutException($"the cluster was not whole again {SettleLimit.TotalMinutes:F0} min after a strike; the logs end:\n{cluster.LogTails(15)}");
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>Waits until the sweep is complete, however long that takes, as long as what can train trains.</summary>
    public async Task UntilOverAsync()
    {
        while (!await IsOverAsync())
        {
            await SettleAsync();
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private async Task<bool> IsWholeAsync()
    {
        var down = cluster.Seats.Where(s => !s.IsUp).ToList();
        if (down.Count > 0)
        {
            await Task.WhenAll(down.Select(s => s.RunAsync(cancellationToken)));
            return false;
        }

        var now = await SweepAsync();
        if (now is null or { Phase: SweepPhase.Completed })
        {
            return now is not null;
        }

        var pool = await view.PoolAsync();
        foreach (var outage in pool.Outages)
        {
            // A full disk, say: whoever made room puts the device back, as an operator does.
            PutBack.Add($"{outage.HostName} {outage.Device}: {outage.Reason}");
            await view.AskAsync(g => g.GetGrain<IGpuPoolGrain>("default").Undrain(outage.HostName, outage.Device));
        }

        var wanted = Math.Min(training, now.Configurations - now.Ended);
        return cluster.Seats.All(s => pool.Hosts.Any(h => h.SecondsSinceHeartbeat < FreshSeconds && SeatOf(h.Host) == s))
            && pool.Leases.Count(l => l.State == RequestState.Holds) >= wanted;
    }

    private Task<SweepSnapshot?> SweepAsync() => view.AskAsync(g => g.GetGrain<ISweepGrain>(sweep.Name).Describe());
}
