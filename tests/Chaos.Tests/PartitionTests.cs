using SmallBatch.Bench.Chaos;
using SmallBatch.Bench.Chaos.History;
using SmallBatch.Bench.Chaos.Network;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Bench.Chaos.Strikes;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Chaos.Tests;

/// <summary>Hosts that are cut off and not dead, on links that are really cut.</summary>
public sealed class PartitionTests
{
    private const int Sizes = 1;
    private const int StepsToBeginWith = Undisturbed.Epochs * 480 / 4 / 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_cut_off_from_the_pool_trains_on_to_its_end_and_its_late_checkpoints_and_outcome_are_refused()
    {
        await using var network = await NetworkAsync();
        await using var cluster = await ClusterProcesses.StartAsync([.. ClusterProcesses.ShortTimes, "--Pool:SilentHostAfter=00:00:04", "--Sweeps:Window=1", HistoryReader.Setting], network, Token);
        await using var view = new ClusterView(cluster, Token);

        // Alone at first, the silo without slots gets the pool and every configuration; who trains then is elsewhere.
        await AddAsync(cluster, 0);
        var arena = await SubmitAsync(cluster, view, network, Undisturbed.Epochs, training: 1);
        await ActivateAsync(view);
        await AddAsync(cluster, 1, 1);
        var lease = await BegunAsync(cluster, view);
        var (host, pool) = (arena.SeatOf(lease.Host)!, cluster.Seats[0]);
        Assert.Equal(pool, await arena.SeatOfAsync(g => g.GetGrain<IGpuPoolGrain>("default")));
        Assert.Equal(pool, await arena.SeatOfAsync(g => g.GetGrain<IConfigurationGrain>(lease.ConfigurationKey)));
        network.CutBoth(host.Address.Host, pool.Address.Host);
        var history = new HistoryFollower(cluster);
        HistoryEvent.AttemptBegan? successor = null;
        await Processes.UntilAsync(() => Task.FromResult((successor = history.Events().OfType<HistoryEvent.AttemptBegan>().FirstOrDefault(b => b.Configuration == lease.ConfigurationKey && string.CompareOrdinal(b.Token, lease.Token.ToString()) > 0)) is not null), "it trains elsewhere");
        await Processes.UntilAsync(HasUploadedAsync, "the host that is cut off has stored a checkpoint");
        await Processes.UntilAsync(HasEndedAsync, "it has trained to the end");
        network.Mend();
        await Processes.UntilAsync(() => Task.FromResult(IsRefused()), "its word is refused");
        await arena.UntilOverAsync();
        Assert.Equal(await Undisturbed.CsvAsync(Sizes), await arena.CsvAsync());
        Assert.Empty(HistoryChecker.Check(new HistoryFollower(cluster).Events()));

        // The store it reaches: what it uploads lies there under its token, beyond what its successor began from.
        async Task<bool> HasUploadedAsync() =>
            (await Checkpoints.ListAsync(cluster.Store.ConnectionString, $"{lease.ConfigurationKey}/{lease.Token}-", Token)).Any(n => Step(n) > successor!.Step);

        async Task<bool> HasEndedAsync() => Said(history.Events(), lease) == await LastStepAsync(view, lease);

        // By the configuration, or in the answer to its host's heartbeat, whichever is through first.
        bool IsRefused() =>
            history.Events().OfType<HistoryEvent.StaleRefused>().Any(r => r.Token == lease.Token.ToString())
            || cluster.LogLines().Any(l => l.EndsWith($"{lease.ConfigurationKey}: stopping token {lease.Token}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Links_that_take_200_ms_and_lose_one_packet_in_twenty_cost_time_and_no_byte()
    {
        await using var network = await NetworkAsync();
        network.Slow(TimeSpan.FromMilliseconds(200), 0.05);
        await using var cluster = await ClusterProcesses.StartAsync([HistoryReader.Setting], network, Token);
        await AddAsync(cluster, 1, 1);
        await using var view = new ClusterView(cluster, Token);
        var arena = await SubmitAsync(cluster, view, network, Undisturbed.Epochs, training: 2);
        await arena.UntilOverAsync();

        // What is read at the end is one large answer, which is not what this is about.
        network.Slow(TimeSpan.Zero, 0);
        Assert.Equal(await Undisturbed.CsvAsync(Sizes), await arena.CsvAsync());
        Assert.Empty(HistoryChecker.Check(new HistoryFollower(cluster).Events()));
    }

    private static async Task<NetworkOfNamespaces> NetworkAsync()
    {
        var (network, refusal) = await NetworkOfNamespaces.CreateAsync(seed: 1);
        Assert.SkipWhen(network is null, refusal ?? "");
        return network!;
    }

    private static async Task AddAsync(ClusterProcesses cluster, params int[] slots)
    {
        var seats = new List<Seat>();
        foreach (var count in slots)
        {
            seats.Add(await cluster.AddSeatAsync(count));
        }

        await Task.WhenAll(seats.Select(s => s.RunAsync(Token)));
    }

    private static async Task<Arena> SubmitAsync(ClusterProcesses cluster, ClusterView view, NetworkOfNamespaces network, int epochs, int training)
    {
        var reply = await view.AskAsync(g => g.GetGrain<ISweepGrain>(ChaosSweep.Name).Submit(new(ChaosSweep.Spec(epochs, Sizes), ChaosSweep.Network), Token));
        return new(cluster, view, network, reply.Sweep!, epochs, training, new(1), TimeSpan.Zero, TimeProvider.System, Token);
    }

    private static async Task ActivateAsync(ClusterView view)
    {
        await view.PoolAsync();
        foreach (var cell in await view.AskAsync(g => g.GetGrain<ISweepGrain>(ChaosSweep.Name).Configurations()))
        {
            await view.AskAsync(g => g.GetGrain<IConfigurationGrain>(cell.Key).Describe());
        }
    }

    private static long Step(string blob) => long.Parse(Path.GetFileNameWithoutExtension(blob).Split('-')[^1], System.Globalization.CultureInfo.InvariantCulture);

    private static long Said(IReadOnlyList<HistoryEvent> history, Lease lease) =>
        history.OfType<HistoryEvent.StepReached>().Where(s => s.Token == lease.Token.ToString()).Select(s => s.Step).DefaultIfEmpty().Max();

    private static async Task<long> LastStepAsync(ClusterView view, Lease lease) =>
        (await view.AskAsync(g => g.GetGrain<ISweepGrain>(ChaosSweep.Name).Configurations())).Single(c => c.Key == lease.ConfigurationKey).Updates;

    private static async Task<Lease> BegunAsync(ClusterProcesses cluster, ClusterView view)
    {
        Lease? found = null;
        var history = new HistoryFollower(cluster);
        await Processes.UntilAsync(
            async () => (found = (await view.PoolAsync()).Leases.FirstOrDefault(l => l.State == RequestState.Holds && Begins(l.Lease))?.Lease) is not null,
            "something has begun to train");
        return found!;

        bool Begins(Lease lease) => Said(history.Events(), lease) is > 0 and < StepsToBeginWith;
    }
}
