using SmallBatch.Client;
using SmallBatch.Client.Azurite;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Export;
using SmallBatch.Client.Running;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Tests;
using Spectre.Console;

namespace SmallBatch.Cluster.Tests;

/// <summary>Silos and an Azurite as real processes, with short membership times.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    /// <summary>Six jobs of a few seconds, checkpoints twice a second.</summary>
    public const string Spec = """
        name: chaos
        dataset: { kind: synthetic, trainImages: 240, testImages: 60 }
        network: tiny.yaml
        batchSizes: [4, 12]
        baseLearningRates: [2^-7, 2^-5]
        replicas: 2
        confirm: 2
        epochs: 60
        augment: true
        checkpoint: { every: 0.5s }
        """;

    public const string Network = """
        layers:
          - conv: { filters: 6, kernel: 3, stride: 2 }
          - relu
          - residual: { layers: [ { conv: { filters: 12, kernel: 3, stride: 2 } }, relu, { conv: { filters: 12, kernel: 3 } } ] }
          - relu
          - averagePool: global
          - linear: { outputs: classes }
        """;

    private static readonly string[] ShortTimes = ["--Cluster:ProbeTimeout=00:00:01", "--Cluster:MaxProbeTimeout=00:00:02", "--Trainer:HeartbeatPeriod=00:00:01", "--Pool:SilentHostAfter=00:00:10", "--Sweeps:AdvancePeriod=00:00:01", "--Configurations:AskPeriod=00:00:02", "--Sweeps:BackstopPeriod=00:00:05"];
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-cluster-").FullName;
    private readonly string clusterId = $"test-{Guid.NewGuid():N}"[..20];
    private AzuriteProcess? azurite;
    private int started;

    public List<SiloProcess> Silos { get; } = [];

    public List<ClusterAddress> Addresses { get; } = [];

    /// <summary>The store's connection string.</summary>
    public string ConnectionString => azurite!.ConnectionString;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestCluster> StartAsync(int silos, int slotsEach)
    {
        var cluster = new TestCluster();
        cluster.azurite = await AzuriteProcess.StartAsync(new(Directory.CreateDirectory(Path.Combine(cluster.folder, "azurite")).FullName), Token);
        for (var i = 0; i < silos; i++)
        {
            await cluster.AddSiloAsync(slotsEach);
        }

        return cluster;
    }

    public async Task<SiloProcess> AddSiloAsync(int slots, params string[] settings)
    {
        var ports = FreePorts.Take(3);
        var address = new ClusterAddress($"127.0.0.1:{ports[1]}", clusterId, "smallbatch");
        var work = Path.Combine(folder, $"work-{started}");
        var silo = await SiloProcess.StartAsync(
            new(azurite!.ConnectionString, address, ports[0], ports[2], null, work, Path.Combine(folder, $"silo-{started++}.log"), [$"--Trainer:CpuSlots={slots}", $"--Endpoints:SiloName=silo-{started}", .. ShortTimes, .. settings]), Token);
        Silos.Add(silo);
        Addresses.Add(address);
        return silo;
    }

    /// <summary>A silo whose work root is on a disk of a few kilobytes that it alone sees; skips the test where no such disk can be made.</summary>
    public async Task AddSiloOnSmallDiskAsync(int slots, int kilobytes)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, $"work-{started}")).FullName;
        var program = Path.Combine(folder, "silo-on-small-disk.sh");
        File.Copy("/bin/true", program); // for its mode: it may be executed
        var command = await SmallDisk.CommandAsync(work, kilobytes, $"exec '{SiloProcess.Program}' \"$@\"");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec {command} silo \"$@\"\n", Token);
        Environment.SetEnvironmentVariable("SMALLBATCH_SILO", program);
        try
        {
            await AddSiloAsync(slots);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SMALLBATCH_SILO", null);
        }
    }

    /// <summary>Every line of every silo's log.</summary>
    public IEnumerable<string> LogLines() => Directory.EnumerateFiles(folder, "*.log").SelectMany(Lines);

    /// <summary>Every silo's log, for a test that failed.</summary>
    public string Logs() => string.Join('\n', Directory.EnumerateFiles(folder, "*.log").Select(f => $"== {Path.GetFileName(f)}\n{string.Join('\n', File.ReadLines(f).TakeLast(40))}"));

    /// <summary>A whole command line in this process, against one of the silos.</summary>
    public async Task<(int Code, string Output, string Errors)> ConsoleAsync(int silo, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        var code = await SmallBatchConsole.RunAsync([.. arguments, "--gateway", Addresses[silo].Gateway, "--cluster-id", clusterId], console, errors, TimeProvider.System);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>Connects to a silo; again and again, since on a busy machine one try may run out of time.</summary>
    public async Task<ClusterConnection> ConnectAsync(int silo = 0)
    {
        ClusterConnection? connection = null;
        await Processes.UntilAsync(
            async () =>
            {
                try
                {
                    connection = await ClusterConnection.OpenAsync(Addresses[silo], Token);
                    return true;
                }
                catch (ClusterUnreachableException)
                {
                    return false;
                }
            },
            "a client is connected");
        return connection!;
    }

    public static async Task<SweepSnapshot> SubmitAsync(ClusterConnection connection, string spec = Spec)
    {
        var reply = await connection.Grains.GetGrain<ISweepGrain>("chaos").Submit(new(spec, Network), Token);
        Assert.Empty(reply.Errors);
        return reply.Sweep!;
    }

    /// <summary>Waits until a cell trains that has done so many epochs, and is not about to end.</summary>
    public static async Task<CellStatus> UntilEpochAsync(ClusterConnection connection, SweepSnapshot sweep, int epoch, Func<CellStatus, bool>? which = null)
    {
        CellStatus? found = null;
        await Processes.UntilAsync(
            async () => (found = (await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status()).Cells
                .FirstOrDefault(c => c.Status == Contracts.Configurations.ConfigurationStatus.Training && c.Epoch >= epoch && c.Epoch < c.Epochs - 10 && which?.Invoke(c) != false)) is not null,
            $"a cell has trained {epoch} epochs");
        return found!;
    }

    /// <summary>Waits until the sweep is over; answers its results.csv and its results.</summary>
    public static async Task<(string Csv, SweepResults Results)> ResultsAsync(ClusterConnection connection)
    {
        SweepSnapshot? sweep = null;
        await Processes.UntilAsync(
            async () => (sweep = await AnswerAsync(() => connection.Grains.GetGrain<ISweepGrain>("chaos").Describe())) is { Phase: SweepPhase.Completed }, "the sweep is complete");
        var results = await connection.Grains.GetGrain<IAggregatorGrain>(sweep!.SweepId).Results(Token);
        return (ResultFiles.Results(results), results);
    }

    /// <summary>What a grain answers; null where the silo that it was on died with the question, or the store is gone.</summary>
    public static async Task<T?> AnswerAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (failure is TimeoutException or Orleans.Runtime.OrleansException or InvalidOperationException or AggregateException or Orleans.Serialization.UnavailableExceptionFallbackException)
        {
            return null;
        }
    }

    /// <summary>Kills every silo at once, and stops Azurite as an operator's machine would.</summary>
    public async Task KillEverythingAsync()
    {
        Silos.ForEach(s => s.Kill());
        foreach (var silo in Silos)
        {
            await silo.DisposeAsync();
        }

        Silos.Clear();
        Addresses.Clear();
        var options = azurite!.Options;
        await azurite.DisposeAsync();
        azurite = await AzuriteProcess.StartAsync(options, Token);
    }

    /// <summary>The store's process.</summary>
    public int StoreId => azurite!.ProcessId;

    /// <summary>Stops the store; <see cref="StartStoreAsync"/> brings it back as it was, on the same ports.</summary>
    public async Task StopStoreAsync() => await azurite!.StopAsync();

    /// <summary>
    /// Kills the store when its tables' file, which it writes every five seconds, is so old that seconds of writes are lost, and
    /// starts it again on what it had written.
    /// </summary>
    public async Task LoseLastSecondsAsync()
    {
        var file = new FileInfo(Path.Combine(folder, "azurite", "__azurite_db_table__.json"));
        await Processes.UntilAsync(
            () =>
            {
                file.Refresh();
                var age = TimeProvider.System.GetUtcNow() - file.LastWriteTimeUtc;
                return Task.FromResult(file.Exists && age > TimeSpan.FromSeconds(3) && age < TimeSpan.FromSeconds(4.5));
            },
            "the store's file is seconds old");
        azurite!.Kill();
        await StartStoreAsync();
    }

    /// <summary>Answers a folder with all that the store holds now.</summary>
    public async Task<string> SaveStoreAsync()
    {
        await StopStoreAsync();
        var saved = Path.Combine(folder, "saved");
        Copy(azurite!.Options.Folder!, saved);
        await StartStoreAsync();
        return saved;
    }

    /// <summary>Kills the store and starts it on what it held when that folder was saved.</summary>
    public async Task GoBackAsync(string saved)
    {
        azurite!.Kill();
        Directory.Delete(azurite.Options.Folder!, recursive: true);
        Copy(saved, azurite.Options.Folder!);
        await StartStoreAsync();
    }

    public async Task StartStoreAsync() => azurite = await AzuriteProcess.StartAsync(azurite!.Options, Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Silos)
        {
            silo.Kill();
            await silo.DisposeAsync();
        }

        await azurite!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Of a file that is being written.</summary>
    private static string[] Lines(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n');
    }
}
