using System.Diagnostics;
using System.Globalization;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Running;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>What a run took.</summary>
/// <param name="Configurations">How many.</param>
/// <param name="Seconds">From the submission to the sweep's end.</param>
/// <param name="SiloCpuSeconds">CPU of the silo.</param>
/// <param name="StoreCpuSeconds">CPU of Azurite.</param>
/// <param name="Requests">What the store was asked, by kind.</param>
/// <param name="SiloBytes">Memory of the silo at the end.</param>
internal sealed record RunFigures(int Configurations, double Seconds, double SiloCpuSeconds, double StoreCpuSeconds, IReadOnlyDictionary<string, long> Requests, long SiloBytes)
{
    /// <summary>Storage operations.</summary>
    public long Operations => Requests.Values.Sum();
}

/// <summary>An Azurite that tells of its requests and a silo whose trainers are simulated, as processes.</summary>
internal sealed class ScaleCluster : IAsyncDisposable
{
    /// <summary>Slots of the peers' figure.</summary>
    public const int Slots = 16;

    /// <summary>The pool's name.</summary>
    public const string Pool = "default";

    private const int MostTries = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-scale-").FullName;
    private readonly string[] settings;
    private AzuriteProcess? store;
    private SiloProcess? silo;
    private ClusterAddress? address;
    private ClusterConnection? connection;

    private ScaleCluster(string[] settings) => this.settings = settings;

    /// <summary>What the store was asked.</summary>
    public StoreRequests Requests { get; } = new();

    /// <summary>Address of the silo's page and API.</summary>
    public Uri Page => new(silo!.Page);

    /// <summary>What lets a console of its own process speak to the cluster.</summary>
    public string[] Reaching => ["--gateway", address!.Gateway, "--cluster-id", address.ClusterId];

    /// <summary>The store's connection string.</summary>
    public string ConnectionString => store!.ConnectionString;

    /// <summary>Memory of the silo.</summary>
    public long SiloBytes => ProcessMeter.Of(silo!.ProcessId).ResidentBytes;

    /// <summary>Memory of the store.</summary>
    public long StoreBytes => ProcessMeter.Of(store!.ProcessId).ResidentBytes;

    /// <summary>Grains.</summary>
    public IGrainFactory Grains => connection!.Grains;

    /// <summary>Starts both; trainings take <paramref name="duration"/>.</summary>
    public static Task<ScaleCluster> StartAsync(string duration, params string[] settings) =>
        StartAsync(new ScaleCluster([$"--Simulation:Duration={duration}", $"--Trainer:CpuSlots={Slots}", .. settings]));

    /// <summary>Starts both; trainers train, one a core.</summary>
    public static Task<ScaleCluster> StartTrainingAsync() => StartAsync(new ScaleCluster([]));

    private static async Task<ScaleCluster> StartAsync(ScaleCluster cluster)
    {
        await cluster.StartStoreAsync();
        await cluster.StartSiloAsync(newId: true);
        return cluster;
    }

    /// <summary>Starts the store, again where it was.</summary>
    public async Task StartStoreAsync() =>
        store = await AzuriteProcess.StartAsync(store?.Options ?? new(Directory.CreateDirectory(Path.Combine(folder, "store")).FullName, Heard: Requests.Heard));

    /// <summary>Starts a silo and connects, as a cluster of a new id or of the last one's.</summary>
    public async Task StartSiloAsync(bool newId)
    {
        var ports = FreePorts.Take(3);
        var id = newId || address is null ? $"scale-{Guid.NewGuid():N}"[..20] : address.ClusterId;
        address = new(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ports[1]}"), id, "smallbatch");
        silo = await SiloProcess.StartAsync(
            new(store!.ConnectionString, address, ports[0], ports[2], null, Directory.CreateDirectory(Path.Combine(folder, "work")).FullName, Path.Combine(folder, "silo.log"), settings),
            CancellationToken.None);
        connection = await ConnectAsync(address);
    }

    /// <summary>Connects; on a machine so busy that one try is not answered in time, again.</summary>
    private static async Task<ClusterConnection> ConnectAsync(ClusterAddress address)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ClusterConnection.OpenAsync(address, CancellationToken.None);
            }
            catch (ClusterUnreachableException) when (tries < MostTries)
            {
                await Task.Delay(Look);
            }
        }
    }

    /// <summary>Kills the silo and ends the store, whose files are written.</summary>
    public async Task EndAllAsync()
    {
        silo!.Kill();
        await connection!.DisposeAsync();
        await silo.DisposeAsync();
        await store!.StopAsync();
    }

    /// <summary>Submits a sweep of so many configurations and answers it.</summary>
    public Task<SweepSnapshot> SubmitAsync(string name, int configurations, int replicas = 1, int epochs = 1) =>
        SubmitAsync(name, ScaleSweep.Spec(name, configurations, replicas, epochs), ScaleSweep.Network);

    /// <summary>Submits a sweep and answers it.</summary>
    public async Task<SweepSnapshot> SubmitAsync(string name, string spec, string network)
    {
        var reply = await Grains.GetGrain<ISweepGrain>(name).Submit(new(spec, network));
        return reply.Sweep ?? throw new InvalidOperationException(string.Join("; ", reply.Errors.Select(e => $"{e.Path}: found {e.Found}, wanted {e.Wanted}")));
    }

    /// <summary>Waits until a sweep has that many ended, or is complete.</summary>
    public async Task UntilAsync(string name, int ended)
    {
        while (!await HasAsync(name, ended))
        {
            await Task.Delay(Look);
        }
    }

    /// <summary>Waits until that many slots have leases.</summary>
    public async Task UntilHeldAsync(int slots)
    {
        while ((await Grains.GetGrain<IGpuPoolGrain>(Pool).Describe()).Leases.Length < slots)
        {
            await Task.Delay(Look);
        }
    }

    private async Task<bool> HasAsync(string name, int ended)
    {
        try
        {
            return await Grains.GetGrain<ISweepGrain>(name).Describe() is not { } sweep || sweep.Phase == SweepPhase.Completed || sweep.Ended >= ended;
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // On a machine so busy the question itself may not get there in time.
            return false;
        }
    }

    /// <summary>Runs a sweep to its end while <paramref name="beside"/> runs beside it.</summary>
    public async Task<RunFigures> RunAsync(string name, int configurations, Func<SweepSnapshot, Task>? beside = null, int replicas = 1, int epochs = 1)
    {
        var (siloBefore, storeBefore, requests) = (ProcessMeter.Of(silo!.ProcessId), ProcessMeter.Of(store!.ProcessId), Requests.Snapshot());
        var clock = Stopwatch.StartNew();
        var sweep = await SubmitAsync(name, configurations, replicas, epochs);
        var other = beside?.Invoke(sweep) ?? Task.CompletedTask;
        await UntilAsync(name, int.MaxValue);
        var seconds = clock.Elapsed.TotalSeconds;
        await other;
        var (siloAfter, storeAfter) = (ProcessMeter.Of(silo.ProcessId), ProcessMeter.Of(store.ProcessId));
        return new(
            configurations, seconds, siloAfter.CpuSeconds - siloBefore.CpuSeconds, storeAfter.CpuSeconds - storeBefore.CpuSeconds,
            Requests.Snapshot().Select(r => (r.Key, Value: r.Value - requests.GetValueOrDefault(r.Key))).Where(r => r.Value > 0).ToDictionary(r => r.Key, r => r.Value),
            siloAfter.ResidentBytes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }

        if (silo is not null)
        {
            await silo.DisposeAsync();
        }

        if (store is not null)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
