using SmallBatch.Bench.Chaos;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Bench.Chaos.Strikes;

namespace SmallBatch.Chaos.Tests;

/// <summary>Kill anything, get the same CSV: what <c>bench/chaos.sh</c> does for an hour, for two minutes.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Strikes = 8;

    private const int Seed = 1;
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Struck_at_random_a_sweep_ends_in_the_same_bytes_and_its_history_keeps_every_rule()
    {
        await using var permissions = await Permissions.FindAsync(StrikeKinds.All, Seed);
        var kinds = StrikeKinds.All.Where(k => permissions.Refusal(k) is null).ToList();
        StrikeKinds.All.Except(kinds).ToList().ForEach(k => output.WriteLine($"not run: {k.Name}: {permissions.Refusal(k)}"));
        var run = new ChaosRun(silos: 4, Undisturbed.Epochs, ClusterProcesses.ShortTimes, permissions.Disks, permissions.Network, TimeProvider.System, output.WriteLine);
        var outcome = await run.RunAsync(Seed, Strikes, kinds, LongestHold, TestContext.Current.CancellationToken);
        Assert.Equal(Strikes, outcome.Strikes.Count);
        Assert.Equal(await Undisturbed.CsvAsync(outcome.Sizes), outcome.Csv);
        Assert.Empty(outcome.Violations());
        Assert.Empty(outcome.Orphans);
        Assert.Empty(outcome.Disagreements);
    }
}
