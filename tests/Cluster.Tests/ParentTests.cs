namespace SmallBatch.Cluster.Tests;

/// <summary>No process outlives its parent, however frozen it is itself.</summary>
public sealed class ParentTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-parent-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Frozen_trainers_die_with_their_frozen_silo()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.UntilEpochAsync(connection, await TestCluster.SubmitAsync(connection), 2);
        var trainers = Processes.Descendants(cluster.Silos[0].ProcessId);
        Assert.NotEmpty(trainers);
        Processes.Signal(cluster.Silos[0].ProcessId, Processes.StopSignal);
        foreach (var (id, _) in trainers)
        {
            Processes.Signal(id, Processes.StopSignal);
        }

        cluster.Silos[0].Kill();
        await Processes.UntilAsync(() => Task.FromResult(!trainers.Any(p => Processes.Lives(p.Id))), "the frozen trainers are gone");
    }

    [Fact]
    public async Task Frozen_the_store_the_silo_and_the_trainers_die_with_a_killed_run()
    {
        using var run = RunTests.Start(folder);
        await RunTests.TrainsAsync(run);
        var all = Processes.Descendants(run.Id);
        Assert.Contains(all, p => p.Command.Contains("azurite.js", StringComparison.Ordinal));
        Assert.Contains(all, p => p.Command.Contains("SmallBatch.Training", StringComparison.Ordinal));
        foreach (var (id, _) in all.Append((run.Id, "")))
        {
            Processes.Signal(id, Processes.StopSignal);
        }

        Processes.Signal(run.Id, Processes.KillSignal);
        await Processes.UntilAsync(() => Task.FromResult(!all.Any(p => Processes.Lives(p.Id))), "Azurite, silo and trainers are gone");
    }

    [Fact]
    public async Task A_backup_that_waits_for_its_store_dies_with_its_killed_console()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        Processes.Signal(cluster.StoreId, Processes.StopSignal);
        using var console = StoreConsole.Start(cluster.ConnectionString, "backup", Path.Combine(folder, "backup"));
        IReadOnlyList<(int Id, string Command)> started = [];
        await Processes.UntilAsync(() => Task.FromResult((started = Processes.Descendants(console.Id)).Any(p => p.Command.Contains("--Parent:ProcessId=", StringComparison.Ordinal))), "the console has started what does it");
        Processes.Signal(console.Id, Processes.KillSignal);
        await Processes.UntilAsync(() => Task.FromResult(!started.Any(p => Processes.Lives(p.Id))), "it is gone with the console");
        Processes.Signal(cluster.StoreId, Processes.ContinueSignal);
    }
}
