using SmallBatch.Client.Running;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>A sweep is trained within one numerics class or not at all.</summary>
public sealed class NumericsTests(UndisturbedRun undisturbed) : IDisposable
{
    private const string OtherClass = "cpu-other-n1";
    private readonly string folder = Directory.CreateTempSubdirectory("smallbatch-numerics-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_sweep_fixes_its_class_and_waits_with_the_reason_rather_than_train_on_another()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(1, $"--Trainer:Program={TrainerOfAnotherClass()}");
        var mine = await cluster.AddSiloAsync(2);
        await using var connection = await cluster.ConnectAsync();
        var pool = connection.Grains.GetGrain<IGpuPoolGrain>("default");
        await Processes.UntilAsync(async () => (await pool.NumericsClasses()).Length == 2, "both hosts have reported to the pool");
        var fixedClass = (await pool.NumericsClasses())[0];
        Assert.NotEqual(OtherClass, fixedClass);
        var other = (await pool.Describe()).Hosts.Single(h => h.Devices.Any(d => d.NumericsClass == OtherClass));

        var sweep = await TestCluster.SubmitAsync(connection);
        await TestCluster.UntilEpochAsync(connection, sweep, 10);
        Assert.Equal(fixedClass, (await connection.Grains.GetGrain<ISweepGrain>("chaos").Describe())!.NumericsClass);
        mine.Kill();

        // The other class has a free slot all along, and every cell that is left waits.
        var aggregator = connection.Grains.GetGrain<IAggregatorGrain>(sweep.SweepId);
        await Processes.UntilAsync(
            async () =>
            {
                var left = (await TestCluster.AnswerAsync<SweepStatus>(async () => await aggregator.Status()))?.Cells.Where(c => c.Status != ConfigurationStatus.Completed).ToList();
                return left?.Count > 0 && left.All(c => c.Reason == $"no slot of numerics class {fixedClass}; on offer: {OtherClass}");
            },
            "every cell says which class it waits for");
        Assert.Empty((await pool.Describe()).Leases);

        await cluster.AddSiloAsync(2);
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Equal(undisturbed.Csv, csv);
        Assert.DoesNotContain(results.Runs, r => r.Run.Host == other.Host);
    }

    [Fact]
    public async Task A_device_whose_byte_test_fails_is_shown_with_the_reason_and_offers_no_class()
    {
        const string difference = "m = 4, Full: groups of 2 and 3 gave other bytes";
        var verified = $$"""{"type":"verified","device":"cpu","differences":["{{difference}}"],"seconds":1}""";
        await using var cluster = await TestCluster.StartAsync(silos: 0, slotsEach: 0);
        await cluster.AddSiloAsync(2, $"--Trainer:Program={Trainer($"[ \"$1\" != verify ] || {{ echo '{verified}'; exit 1; }}\nexec '{{0}}' \"$@\"")}");
        await using var connection = await cluster.ConnectAsync();
        var pool = connection.Grains.GetGrain<IGpuPoolGrain>("default");
        await Processes.UntilAsync(async () => (await pool.Describe()).Hosts.Length == 1, "the host has reported to the pool");
        Assert.Equal($"its byte test failed: {difference}", Assert.Single(Assert.Single((await pool.Describe()).Hosts).Devices).OutOfService);
        Assert.Empty(await pool.NumericsClasses());
    }

    /// <summary>The trainer, under a script that gives its devices another class, as another machine's trainer would.</summary>
    private string TrainerOfAnotherClass() =>
        Trainer($"[ \"$1\" = devices ] || exec '{{0}}' \"$@\"\n'{{0}}' devices | sed 's/\"numericsClass\":\"[^\"]*\"/\"numericsClass\":\"{OtherClass}\"/'");

    /// <summary>A script in the trainer's place; <c>{0}</c> in it is the trainer.</summary>
    private string Trainer(string body)
    {
        var trainer = SiloProcess.Program.Replace("SmallBatch.Silo", "SmallBatch.Training", StringComparison.Ordinal).Replace("/Silo/", "/Training/", StringComparison.Ordinal);
        Assert.True(File.Exists(trainer), trainer);
        var script = Path.Combine(folder, "trainer.sh");
        File.Copy("/bin/true", script); // for its mode: it may be executed
        File.WriteAllText(script, $"#!/bin/sh\n{body.Replace("{0}", trainer, StringComparison.Ordinal)}\n");
        return script;
    }
}
