using System.Diagnostics;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary><c>smallbatch run</c> as a user starts it, and what is left of it when it dies.</summary>
public sealed class RunTests(UndisturbedRun undisturbed) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_it_leaves_nothing_behind_and_run_again_it_goes_on_to_the_same_results()
    {
        using (var run = Start())
        {
            await TrainsAsync(run);
            var all = Processes.Descendants(run.Id);
            Assert.Contains(all, p => p.Command.Contains("azurite", StringComparison.Ordinal));
            Processes.Signal(run.Id, Processes.KillSignal);
            await Processes.UntilAsync(() => Task.FromResult(!all.Any(p => Processes.Lives(p.Id))), "Azurite, silo and trainers are gone");
        }

        using (var run = Start())
        {
            await TrainsAsync(run);
            var all = Processes.Descendants(run.Id);
            Processes.Signal(run.Id, Processes.Interrupt);
            var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(130, run.ExitCode);
            Assert.Contains("Run the same command again to go on.", errors, StringComparison.Ordinal);
            Assert.DoesNotContain(all, p => Processes.Lives(p.Id));
        }

        var (code, output) = await FinishAsync();
        Assert.Equal(0, code);
        Assert.Contains("goes on as", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "state", "work"), "*", SearchOption.AllDirectories));
        Assert.Equal(undisturbed.Csv, await File.ReadAllTextAsync(Path.Combine(folder, "state", "results", "chaos", "results.csv"), TestContext.Current.CancellationToken));

        (code, output) = await FinishAsync();
        Assert.Equal(0, code);
        Assert.Contains("Sweep chaos is complete.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("images/s", output, StringComparison.Ordinal);
        Assert.Contains($"To look again, with the page: 'smallbatch silo --state {folder}/state', and beside it 'smallbatch results report chaos --state {folder}/state'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_store_or_its_silo_killed_it_ends_at_once_and_says_which()
    {
        foreach (var (victim, words) in new[] { ("azurite.js", "Azurite, the store, ended by itself."), ("SmallBatch.Silo", "The silo ended by itself. Its log ends:") })
        {
            using var run = Start();
            await TrainsAsync(run);
            var all = Processes.Descendants(run.Id);
            Processes.Signal(all.First(p => p.Command.Contains(victim, StringComparison.Ordinal)).Id, Processes.KillSignal);
            var errors = await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains($"Run the same command again to go on. {words}", errors, StringComparison.Ordinal);
            await Processes.UntilAsync(() => Task.FromResult(!all.Any(p => Processes.Lives(p.Id))), "nothing is left of it");
        }
    }

    [Fact]
    public async Task Genuine_CIFAR_10_is_trained_on_and_its_size_is_shown()
    {
        var data = Data();
        Assert.SkipWhen(data is null, "no folder shared/data with cifar-10-batches-bin beside the checkout");
        await File.WriteAllTextAsync(Path.Combine(folder, "c.yaml"), "name: real\ndataset: cifar10\nnetwork: tiny.yaml\nbatchSizes: [32]\nbaseLearningRates: [2^-8]\nreplicas: 2\nconfirm: 0\nepochs: 2\naugment: true", TestContext.Current.CancellationToken);
        using var run = Start(folder, "c.yaml", "--data", data!);
        var output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("cifar10 (5000 train, 1000 test)", output, StringComparison.Ordinal);
        Assert.Contains("32 at base learning rate 2^-8", output.Replace("batch size ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_sweep_stops_its_trainers_and_stays_cancelled()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 3);
        var reply = await connection.Grains.GetGrain<ISweepGrain>("chaos").Act(SweepAction.Cancel, null, TestContext.Current.CancellationToken);
        Assert.Equal(SweepPhase.Cancelled, reply.Sweep!.Phase);
        var pool = connection.Grains.GetGrain<Contracts.GpuPool.IGpuPoolGrain>("default");
        Assert.Empty((await pool.Describe()).Leases);
        Assert.Empty((await pool.Describe()).Queue);
        var status = await connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId).Status();
        Assert.All(status.Cells, c => Assert.Equal(ConfigurationStatus.Cancelled, c.Status));
        var again = await connection.Grains.GetGrain<ISweepGrain>("chaos").Submit(new(TestCluster.Spec, TestCluster.Network), TestContext.Current.CancellationToken);
        Assert.Equal("name", Assert.Single(again.Errors).Path);
    }

    [Fact]
    public async Task Submitting_twice_changes_nothing_wider_axes_extend_and_anything_else_is_refused()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 0);
        await using var connection = await cluster.ConnectAsync();
        var grain = connection.Grains.GetGrain<ISweepGrain>("chaos");
        var first = await TestCluster.SubmitAsync(connection);
        var twice = await grain.Submit(new(TestCluster.Spec, TestCluster.Network), TestContext.Current.CancellationToken);
        Assert.Equal((SubmitOutcome.Unchanged, first.SweepId), (twice.Outcome, twice.Sweep!.SweepId));
        var renamed = TestCluster.Spec.Replace("tiny.yaml", "elsewhere/other.yaml", StringComparison.Ordinal);
        Assert.Equal(SubmitOutcome.Unchanged, (await grain.Submit(new(renamed, "# the same layers\n" + TestCluster.Network), TestContext.Current.CancellationToken)).Outcome);
        var layers = await grain.Submit(new(renamed, TestCluster.Network.Replace("filters: 6", "filters: 7", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Equal("elsewhere/other.yaml with other layers", Assert.Single(layers.Errors).Found);
        var wider = await grain.Submit(new(renamed.Replace("[8, 16]", "[8, 12, 16]", StringComparison.Ordinal), TestCluster.Network), TestContext.Current.CancellationToken);
        Assert.Equal((SubmitOutcome.Extended, 6), (wider.Outcome, wider.Sweep!.Configurations));
        Assert.Equal("tiny.yaml", (await connection.Grains.GetGrain<IAggregatorGrain>(first.SweepId).Results(TestContext.Current.CancellationToken)).Network);
        var other = await grain.Submit(new(TestCluster.Spec.Replace("epochs: 45", "epochs: 44", StringComparison.Ordinal), TestCluster.Network), TestContext.Current.CancellationToken);
        Assert.Equal(["epochs", "batchSizes"], other.Errors.Select(e => e.Path).OrderDescending());
    }

    private static string? Data()
    {
        for (var place = new DirectoryInfo(AppContext.BaseDirectory); place is not null; place = place.Parent)
        {
            var data = Path.Combine(place.FullName, "shared", "data");
            if (Directory.Exists(Path.Combine(data, "cifar-10-batches-bin")))
            {
                return data;
            }
        }

        return null;
    }

    /// <summary>Waits until its second cell trains.</summary>
    internal static async Task TrainsAsync(Process run)
    {
        // From the second cell on there is something to lose.
        while (await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (!line.StartsWith("0 of", StringComparison.Ordinal) && line.Contains("2 training", StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail(await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private async Task<(int Code, string Output)> FinishAsync()
    {
        using var run = Start();
        var output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (run.ExitCode, output);
    }

    private Process Start() => Start(folder);

    /// <summary>Starts <c>run</c> on the spec of that name in the folder; its state lies there too.</summary>
    internal static Process Start(string folder, string spec = "spec.yaml", params string[] more)
    {
        File.WriteAllText(Path.Combine(folder, "spec.yaml"), TestCluster.Spec);
        File.WriteAllText(Path.Combine(folder, "tiny.yaml"), TestCluster.Network);
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.Parent!.Parent!.FullName, "Client", own.Name, "smallbatch");

        // A shell that is not interactive starts what it puts in the background with interrupts ignored, and that is inherited.
        return Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", program, "run", Path.Combine(folder, spec), "--state", Path.Combine(folder, "state"), .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
