using SmallBatch.Bench.Chaos.Network;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;

namespace SmallBatch.Bench.Chaos.Silos;

/// <summary>A cluster of real processes: an Azurite and silos, in a folder of their own that goes with them.</summary>
internal sealed class ClusterProcesses : IAsyncDisposable
{
    /// <summary>Settings for tests: a death is known after seconds.</summary>
    public static readonly string[] ShortTimes =
    [
        "--Cluster:ProbeTimeout=00:00:01", "--Cluster:MaxProbeTimeout=00:00:02", "--Trainer:HeartbeatPeriod=00:00:01", "--Pool:SilentHostAfter=00:00:10",
        "--Sweeps:AdvancePeriod=00:00:01", "--Configurations:AskPeriod=00:00:02", "--Sweeps:BackstopPeriod=00:00:05",
        "--Collector:SpareFor=00:00:15", "--Collector:Period=00:00:03",
    ];

    private readonly string clusterId = $"test-{Guid.NewGuid():N}"[..20];
    private readonly string[] settings;
    private readonly NetworkOfNamespaces? network;
    private readonly LogFollower log;
    private AzuriteProcess? store;
    private int added;

    private ClusterProcesses(string[] settings, NetworkOfNamespaces? network) => (this.settings, this.network, log) = (settings, network, new(Folder));

    /// <summary>Where everything of it lies.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("smallbatch-cluster-").FullName;

    /// <summary>Its silos' places, in the order in which they were added.</summary>
    public List<Seat> Seats { get; } = [];

    /// <summary>The store's folder.</summary>
    public string StoreFolder => Path.Combine(Folder, "azurite");

    /// <summary>The store.</summary>
    public AzuriteProcess Store => store!;

    /// <summary>Starts the store. On a network of namespaces each silo gets a namespace; else all is on the loopback.</summary>
    public static async Task<ClusterProcesses> StartAsync(string[] settings, NetworkOfNamespaces? network, CancellationToken cancellationToken)
    {
        var cluster = new ClusterProcesses(settings, network);
        try
        {
            var options = new AzuriteOptions(Directory.CreateDirectory(cluster.StoreFolder).FullName, Host: network?.StoreAddress ?? "127.0.0.1");
            cluster.store = await AzuriteProcess.StartAsync(options, cancellationToken);
            return cluster;
        }
        catch
        {
            Directory.Delete(cluster.Folder, recursive: true);
            throw;
        }
    }

    /// <summary>Adds a place for a silo, without one on it yet.</summary>
    /// <param name="slots">CPU slots it offers.</param>
    /// <param name="diskKilobytes">Kilobytes of a disk of its own for what its trainers write; null for none.</param>
    /// <param name="more">Settings of its own.</param>
    public async Task<Seat> AddSeatAsync(int slots, int? diskKilobytes = null, params string[] more)
    {
        var number = added++;
        var ports = FreePorts.Take(3);
        var host = "127.0.0.1";
        List<string> launcher = [];
        if (network is not null)
        {
            host = await network.AddAsync();
            launcher.AddRange(network.Launcher(host));
        }

        var work = Directory.CreateDirectory(Path.Combine(Folder, $"work-{number}")).FullName;
        if (diskKilobytes is { } size)
        {
            launcher.AddRange(["unshare", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size={size}k none \"$0\" && exec \"$@\"", work]);
        }

        var seat = new Seat(new(
            store!.ConnectionString, new($"{host}:{ports[1]}", clusterId, "smallbatch"), ports[0], ports[2], null, work, Path.Combine(Folder, $"silo-{number}.log"),
            [$"--Trainer:CpuSlots={slots}", $"--Endpoints:SiloName=silo-{number + 1}", .. settings, .. more])
        { Launcher = launcher });
        Seats.Add(seat);
        return seat;
    }

    /// <summary>A connection by this seat.</summary>
    public static Task<ClusterConnection> ConnectAsync(Seat seat, CancellationToken cancellationToken) => ClusterConnection.OpenAsync(seat.Address, cancellationToken);

    /// <summary>Every line of every silo's log so far, those of one silo in their order.</summary>
    public IReadOnlyList<string> LogLines() => log.Lines();

    /// <summary>The last lines of every log.</summary>
    public string LogTails(int lines) => string.Join('\n', Directory.EnumerateFiles(Folder, "silo-*.log").Select(f => $"== {Path.GetFileName(f)}\n{string.Join('\n', File.ReadLines(f).TakeLast(lines))}"));

    /// <summary>Stops the store with its files written; <see cref="StartStoreAsync"/> brings it back as it was, on the same ports.</summary>
    public Task StopStoreAsync() => store!.StopAsync();

    /// <summary>Starts the store again on what it had written.</summary>
    public async Task StartStoreAsync(CancellationToken cancellationToken) => store = await AzuriteProcess.StartAsync(store!.Options, cancellationToken);

    /// <summary>Kills every silo at once.</summary>
    public Task KillSilosAsync() => Task.WhenAll(Seats.Select(s => s.KillAsync()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillSilosAsync();
        await store!.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
