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
    private const string Checkpoint = "checkpoint";
    private const string Outcome = "outcome";
    private const int Epochs = 120;
    private const int ShortEpochs = 10;
    private const int Sizes = 1;
    private const int StepsToBeginWith = Epochs * 480 / 4 / 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Checkpoint)]
    [InlineData(Outcome)]
    public async Task A_host_cut_off_from_the_pool_trains_on_and_its_late_word_is_refused(string word)
    {
        await using var network = await NetworkAsync();
        await using var cluster = await ClusterProcesses.StartAsync([.. ClusterProcesses.ShortTimes, "--Pool:SilentHostAfter=00:00:04", "--Sweeps:Window=1", HistoryReader.Setting], network, Token);
        await using var view = new ClusterView(cluster, Token);

        // Alone at first, the silo without slots gets the pool and every configuration; who trains then is elsewhere.
        await AddAsync(cluster, 0);
        var arena = await SubmitAsync(cluster, view, network, Epochs, training: 1);
        await ActivateAsync(view);
        await AddAsync(cluster, 1, 1);
        var lease = await BegunAsync(cluster, view);
        var (host, pool) = (arena.SeatOf(lease.Host)!, cluster.Seats[0]);
        Assert.Equal(pool, await arena.SeatOfAsync(g => g.GetGrain<IGpuPoolGrain>("default")));
        Assert.Equal(pool, await arena.SeatOfAsync(g => g.GetGrain<IConfigurationGrain>(lease.ConfigurationKey)));
        network.CutBoth(host.Address.Host, pool.Address.Host);
        IReadOnlyList<HistoryEvent> History() => [.. HistoryReader.Read(cluster.LogLines()).Where(e => e.Configuration == lease.ConfigurationKey)];
        await Processes.UntilAsync(() => Task.FromResult(History().OfType<HistoryEvent.AttemptBegan>().Any(b => string.CompareOrdinal(b.Token, lease.Token.ToString()) > 0)), "it trains elsewhere");
        var said = Said(History(), lease);
        var last = word == Outcome ? await LastStepAsync(view, lease) : said + 1;
        while (said < last)
        {
            await Processes.UntilAsync(() => Task.FromResult(Said(History(), lease) > said), "the host that is cut off trains on");
            said = Said(History(), lease);
        }

        network.Mend();
        var attempt = History().OfType<HistoryEvent.AttemptBegan>().First(b => b.Token == lease.Token.ToString()).Attempt;
        await Processes.UntilAsync(() => Task.FromResult(word == Outcome ? IsNotTaken() : IsRefused()), $"its late {word} is refused");
        await arena.UntilOverAsync();
        Assert.Equal(await Undisturbed.CsvAsync(Epochs, Sizes), await arena.CsvAsync());
        Assert.Empty(HistoryChecker.Check(HistoryReader.Read(cluster.LogLines())));

        bool IsRefused() => History().OfType<HistoryEvent.StaleRefused>().Any(r => r.Token == lease.Token.ToString() && r.Message == nameof(IConfigurationGrain.CheckpointUploaded));

        // By the configuration, or by the answer to a heartbeat, whichever is through first.
        bool IsNotTaken() => cluster.LogLines().Any(l => l.EndsWith($"{lease.ConfigurationKey}, attempt {attempt}: Completed; taken: False", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Links_that_take_200_ms_and_lose_one_packet_in_twenty_cost_time_and_no_byte()
    {
        await using var network = await NetworkAsync();
        network.Slow(TimeSpan.FromMilliseconds(200), 0.05);
        await using var cluster = await ClusterProcesses.StartAsync([HistoryReader.Setting], network, Token);
        await AddAsync(cluster, 1, 1);
        await using var view = new ClusterView(cluster, Token);
        var arena = await SubmitAsync(cluster, view, network, ShortEpochs, training: 2);
        await arena.UntilOverAsync();
        Assert.Equal(await Undisturbed.CsvAsync(ShortEpochs, Sizes), await arena.CsvAsync());
        Assert.Empty(HistoryChecker.Check(HistoryReader.Read(cluster.LogLines())));
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

    private static long Said(IReadOnlyList<HistoryEvent> history, Lease lease) =>
        history.OfType<HistoryEvent.StepReached>().Where(s => s.Token == lease.Token.ToString()).Select(s => s.Step).DefaultIfEmpty().Max();

    private static async Task<long> LastStepAsync(ClusterView view, Lease lease) =>
        (await view.AskAsync(g => g.GetGrain<ISweepGrain>(ChaosSweep.Name).Configurations())).Single(c => c.Key == lease.ConfigurationKey).Updates;

    private static async Task<Lease> BegunAsync(ClusterProcesses cluster, ClusterView view)
    {
        Lease? found = null;
        await Processes.UntilAsync(
            async () => (found = (await view.PoolAsync()).Leases.FirstOrDefault(l => l.State == RequestState.Holds && Begins(l.Lease))?.Lease) is not null,
            "something has begun to train");
        return found!;

        bool Begins(Lease lease) => Said([.. HistoryReader.Read(cluster.LogLines())], lease) is > 0 and < StepsToBeginWith;
    }
}
