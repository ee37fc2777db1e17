using System.Globalization;
using System.Text.RegularExpressions;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Cluster.Tests;

/// <summary>Trainers that die by their own doing: what becomes of their configuration and of their device.</summary>
public sealed partial class PoisonTests(UndisturbedRun undisturbed)
{
    /// <summary>A segmentation fault that comes while managed code runs is taken by .NET's own handler, which aborts.</summary>
    private const string Crashed = "(was ended by signal 11|was aborted by its own code)";

    [Fact]
    public async Task A_configuration_whose_trainer_died_twice_gets_a_device_of_another_host_to_itself_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 2, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        var pool = connection.Grains.GetGrain<IGpuPoolGrain>("default");
        await Processes.UntilAsync(async () => (await pool.Describe()).Hosts.Length == 2, "the pool has heard of both hosts");

        // Both deaths are to be on one host.
        await pool.Drain("silo-2", "a test");
        var sweep = await TestCluster.SubmitAsync(connection);
        var cell = await TestCluster.UntilEpochAsync(connection, sweep, 3);
        var configuration = connection.Grains.GetGrain<IConfigurationGrain>(cell.Key);
        await DieAsync(configuration, attempt: 1);
        await Processes.UntilAsync(async () => await configuration.Log(2, TestContext.Current.CancellationToken) is { } log && Trainer().IsMatch(log), "its second attempt trains");
        await pool.Undrain("silo-2", null);
        await DieAsync(configuration, attempt: 2);

        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        var runs = results.Runs.Where(r => r.Key == cell.Key).Select(r => r.Run).OrderBy(r => r.Attempt).ToList();
        Assert.Equal([AttemptEnd.Crashed, AttemptEnd.Crashed, AttemptEnd.Completed], runs.Select(r => r.End));
        Assert.Matches(Crashed, runs[1].Reason!);
        Assert.Equal(runs[0].Host, runs[1].Host);
        Assert.NotEqual(runs[0].Host, runs[2].Host);
        Assert.DoesNotContain(results.Runs, r => r.Key != cell.Key && r.Run.Host == runs[2].Host && r.Run.StartedAt < runs[2].EndedAt && r.Run.EndedAt > runs[2].StartedAt);
        Assert.Contains((await configuration.Describe())!.Story, e => e.What.Contains("from now on it trains alone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_device_on_which_three_configurations_die_takes_nothing_until_it_is_put_back_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 3);
        await using var connection = await cluster.ConnectAsync();

        // No checkpoint between the deaths, which would say that the device is well.
        var sweep = await TestCluster.SubmitAsync(connection, TestCluster.Spec.Replace("every: 0.5s", "every: 60s", StringComparison.Ordinal));
        var pool = connection.Grains.GetGrain<IGpuPoolGrain>("default");
        var aggregator = connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId);
        await Processes.UntilAsync(async () => (await aggregator.Status()).Cells.Count(c => c is { Status: ConfigurationStatus.Training, Epoch: > 0 }) == 3, "three configurations train");
        await Task.WhenAll(Processes.Trainers(cluster.Silos[0].ProcessId).Select(Processes.CrashAsync));
        await Processes.UntilAsync(async () => (await pool.Describe()).Outages.Length == 1, "the device is out of service");
        var shown = (await cluster.ConsoleAsync(0, "pool", "show")).Output;
        Assert.Contains("│ out of service ", shown, StringComparison.Ordinal);
        Assert.Matches($"cpu of silo-1 is out of service at .+Z: 3 trainer deaths in a row, of 3 configurations that died nowhere else: .+ {Crashed}", shown);
        Assert.Contains("'smallbatch pool undrain silo-1 --device cpu' puts it back.", shown, StringComparison.Ordinal);
        Assert.Equal("cpu of silo-1 takes work again.", (await cluster.ConsoleAsync(0, "pool", "undrain", "silo-1", "--device", "cpu")).Output.Trim());
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Equal(3, results.Runs.Count(r => r.Run.End == AttemptEnd.Crashed));
    }

    [Fact]
    public async Task A_full_disk_costs_a_device_and_no_configuration()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 1);
        await using var connection = await cluster.ConnectAsync();
        await cluster.AddSiloOnSmallDiskAsync(slots: 1, kilobytes: 16);
        var pool = connection.Grains.GetGrain<IGpuPoolGrain>("default");
        await Processes.UntilAsync(async () => (await pool.Describe()).Hosts.Length == 2, "the pool has heard of both hosts");
        await TestCluster.SubmitAsync(connection);
        await Processes.UntilAsync(async () => (await pool.Describe()).Outages.Length == 1, "the device is out of service");
        Assert.Matches("^trainer process [0-9]+ ended: no room on the disk: .+: found No space left on device.*, wanted room for a checkpoint of [0-9]+ bytes; free some on that disk\\.$", (await pool.Describe()).Outages[0].Reason);
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.Single(results.Runs, r => r.Run.Reason?.Contains("no room on the disk", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(results.Runs, r => r.Run.End == AttemptEnd.Crashed);
    }

    [Fact]
    public async Task A_trainer_that_makes_no_progress_is_killed_and_no_byte_differs()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 0);

        // Longer than a trainer needs to load libtorch on a machine whose cores others have.
        await cluster.AddSiloAsync(slots: 1, "--Trainer:SilenceLimit=00:00:25");
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        var cell = await TestCluster.UntilEpochAsync(connection, sweep, 3);
        var frozen = Assert.Single(Processes.Trainers(cluster.Silos[1].ProcessId));
        Processes.Signal(frozen, Processes.StopSignal);
        await Processes.UntilAsync(() => Task.FromResult(!Processes.Lives(frozen)), "the frozen trainer is killed");
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        var run = Assert.Single(results.Runs, r => r.Run.End == AttemptEnd.Crashed);
        Assert.Equal(cell.Key, run.Key);
        Assert.Matches("^it made no progress for [0-9]+ s after step [0-9]+ ", run.Run.Reason);
    }

    /// <summary>Its trainer dies as if by a fault of its own, and the configuration has heard of it.</summary>
    private static async Task DieAsync(IConfigurationGrain configuration, int attempt)
    {
        var log = await configuration.Log(attempt, TestContext.Current.CancellationToken);
        await Processes.CrashAsync(int.Parse(Trainer().Match(log!).Groups[1].Value, CultureInfo.InvariantCulture));
        await Processes.UntilAsync(
            async () => (await configuration.Describe())!.Story.Count(e => e.What.Contains("trainer died", StringComparison.Ordinal)) == attempt, $"attempt {attempt} has died");
    }

    [GeneratedRegex("trainer process ([0-9]+)\n")]
    private static partial Regex Trainer();
}
