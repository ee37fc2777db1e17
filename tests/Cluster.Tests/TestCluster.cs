using SmallBatch.Bench.Chaos;
using SmallBatch.Client;
using SmallBatch.Client.Cluster;
using SmallBatch.Client.Export;
using SmallBatch.Client.Running;
using SmallBatch.Contracts.Configurations;
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
        dataset: { kind: synthetic, trainImages: 160, testImages: 60 }
        network: tiny.yaml
        batchSizes: [8, 16]
        baseLearningRates: [2^-7, 2^-5]
        replicas: 2
        confirm: 2
        epochs: 45
        augment: true
        checkpoint: { every: 0.5s }
        """;

    public const string Network = ChaosSweep.Network;

    private readonly ClusterProcesses processes;

    private TestCluster(ClusterProcesses processes) => this.processes = processes;

    public IReadOnlyList<SiloProcess> Silos => [.. processes.Seats.Select(s => s.Silo!)];

    public IReadOnlyList<ClusterAddress> Addresses => [.. processes.Seats.Select(s => s.Address)];

    /// <summary>Where a silo serves health and metrics.</summary>
    public int HttpPort(int silo) => processes.Seats[silo].Start.HttpPort;

    /// <summary>Where a silo listens for others.</summary>
    public int SiloPort(int silo) => processes.Seats[silo].Start.SiloPort;

    /// <summary>The store's connection string.</summary>
    public string ConnectionString => processes.Store.ConnectionString;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestCluster> StartAsync(int silos, int slotsEach)
    {
        var cluster = new TestCluster(await ClusterProcesses.StartAsync(ClusterProcesses.ShortTimes, network: null, Token));
        for (var i = 0; i < silos; i++)
        {
            await cluster.AddSiloAsync(slotsEach);
        }

        return cluster;
    }

    public async Task<SiloProcess> AddSiloAsync(int slots, params string[] settings)
    {
        var seat = await processes.AddSeatAsync(slots, null, settings);
        await seat.RunAsync(Token);
        return seat.Silo!;
    }

    /// <summary>A silo whose work root is on a disk of a few kilobytes that it alone sees; skips the test where no such disk can be made.</summary>
    public async Task AddSiloOnSmallDiskAsync(int slots, int kilobytes)
    {
        await SmallDisk.SkipUnlessPermittedAsync();
        await (await processes.AddSeatAsync(slots, kilobytes)).RunAsync(Token);
    }

    /// <summary>Every line of every silo's log.</summary>
    public IReadOnlyList<string> LogLines() => processes.LogLines();

    /// <summary>Every silo's log, for a test that failed.</summary>
    public string Logs() => processes.LogTails(40);

    /// <summary>A whole command line in this process, against one of the silos.</summary>
    public async Task<(int Code, string Output, string Errors)> ConsoleAsync(int silo, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        return (await ConsoleAsync(silo, arguments, output, errors), output.ToString(), errors.ToString());
    }

    /// <summary><c>sweep watch</c> in this process, as in a pipe: its exit code to be, and what it has printed so far.</summary>
    public (Task<int> Code, Func<string> Seen) Watch(int silo)
    {
        var output = new StringWriter();
        var shared = TextWriter.Synchronized(output);
        return (ConsoleAsync(silo, ["sweep", "watch", "chaos"], shared, shared), Seen);

        string Seen()
        {
            lock (shared)
            {
                return output.ToString();
            }
        }
    }

    private Task<int> ConsoleAsync(int silo, string[] arguments, TextWriter output, TextWriter errors)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        return SmallBatchConsole.RunAsync([.. arguments, "--gateway", Addresses[silo].Gateway, "--cluster-id", Addresses[silo].ClusterId], console, errors, TimeProvider.System);
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
                    connection = await ClusterProcesses.ConnectAsync(processes.Seats[silo], Token);
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
        await UntilAsync(
            async () => (found = (await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status()).Cells
                .FirstOrDefault(c => c.Status == ConfigurationStatus.Training && c.Epoch >= epoch && c.Epoch < c.Epochs - 10 && which?.Invoke(c) != false)) is not null,
            $"a cell has trained {epoch} epochs");
        return found!;
    }

    /// <summary>
    /// Waits until the sweep is over, as long as it goes on: a busy machine is slow, and a sweep that hangs, or trains the same epochs again and again, gets
    /// no further for three minutes. Answers its results.csv and its results.
    /// </summary>
    public static async Task<(string Csv, SweepResults Results)> ResultsAsync(ClusterConnection connection)
    {
        SweepSnapshot? sweep = null;
        SweepResults? results = null;
        var furthest = -1;
        try
        {
            while (sweep?.Phase != SweepPhase.Completed)
            {
                await UntilAsync(
                    async () =>
                    {
                        sweep = await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe();
                        var epochs = sweep switch
                        {
                            null => -1,
                            { Phase: SweepPhase.Completed } => int.MaxValue,
                            _ => (await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status()).Cells.Sum(c => c.Epoch),
                        };
                        return epochs > furthest && (furthest = epochs) >= 0;
                    },
                    "the sweep is complete");
            }
        }
        catch (TimeoutException late) when (sweep is not null)
        {
            throw new TimeoutException($"{late.Message}:{await StandingAsync(connection, sweep)}", late);
        }

        await UntilAsync(async () => (results = await connection.Grains.GetGrain<IAggregatorGrain>(sweep!.SweepId).Results(Token)) is not null, "the results are read");
        return (ResultFiles.Results(results!), results!);
    }

    /// <summary>What is left of a sweep that is late, and the story of each.</summary>
    private static async Task<string> StandingAsync(ClusterConnection connection, SweepSnapshot sweep)
    {
        var left = (await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status()).Cells.Where(c => c.Status != ConfigurationStatus.Completed);
        var stories = await Task.WhenAll(left.Select(async cell =>
            $"\n{cell.Key} {cell.Status} {cell.Reason}" + string.Concat(((await connection.Grains.GetGrain<IConfigurationGrain>(cell.Key).Describe())?.Story ?? []).Select(e => $"\n  {e.At:HH:mm:ss} {e.What}"))));
        return string.Concat(stories);
    }

    /// <summary>Waits until a condition holds of what grains answer; one whose silo has just died may not answer yet, and is asked again.</summary>
    public static Task UntilAsync(Func<Task<bool>> condition, string what) =>
        Processes.UntilAsync(async () => await AnswerAsync<object>(async () => await condition() ? what : null) is not null, what);

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
        await processes.KillSilosAsync();
        await StopStoreAsync();
    }

    /// <summary>Kills one silo.</summary>
    public Task KillSiloAsync(int silo) => processes.Seats[silo].KillAsync();

    /// <summary>Starts a silo where one was killed.</summary>
    public Task RunSiloAsync(int silo) => processes.Seats[silo].RunAsync(Token);

    /// <summary>Starts what was killed, where it was.</summary>
    public async Task StartEverythingAsync()
    {
        await StartStoreAsync();
        await Task.WhenAll(processes.Seats.Select(s => s.RunAsync(Token)));
    }

    /// <summary>The store's process.</summary>
    public int StoreId => processes.Store.ProcessId;

    /// <summary>Stops the store; <see cref="StartStoreAsync"/> brings it back as it was, on the same ports.</summary>
    public Task StopStoreAsync() => processes.StopStoreAsync();

    /// <summary>
    /// Kills the store when its tables' file, which it writes every five seconds, is so old that seconds of writes are lost, and
    /// starts it again on what it had written. That has <paramref name="kept"/> in it: a sweep that it never wrote is gone for good.
    /// </summary>
    public async Task LoseLastSecondsAsync(string kept)
    {
        var file = new FileInfo(Path.Combine(processes.StoreFolder, "__azurite_db_table__.json"));
        await Processes.UntilAsync(
            () =>
            {
                file.Refresh();
                var age = TimeProvider.System.GetUtcNow() - file.LastWriteTimeUtc;
                return Task.FromResult(file.Exists && age > TimeSpan.FromSeconds(3) && age < TimeSpan.FromSeconds(4.5) && File.ReadAllText(file.FullName).Contains(kept, StringComparison.Ordinal));
            },
            "the store's file is seconds old");
        processes.Store.Kill();
        await StartStoreAsync();
    }

    /// <summary>Answers a folder with all that the store holds now.</summary>
    public async Task<string> SaveStoreAsync()
    {
        await StopStoreAsync();
        var saved = Path.Combine(processes.Folder, "saved");
        Copy(processes.StoreFolder, saved);
        await StartStoreAsync();
        return saved;
    }

    /// <summary>Kills the store and starts it on what it held when that folder was saved.</summary>
    public async Task GoBackAsync(string saved)
    {
        processes.Store.Kill();
        Directory.Delete(processes.StoreFolder, recursive: true);
        Copy(saved, processes.StoreFolder);
        await StartStoreAsync();
    }

    public Task StartStoreAsync() => processes.StartStoreAsync(Token);

    public ValueTask DisposeAsync() => processes.DisposeAsync();

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
