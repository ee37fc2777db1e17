using SmallBatch.Bench.Chaos;
using SmallBatch.Bench.Chaos.Silos;
using SmallBatch.Bench.Chaos.Strikes;

namespace SmallBatch.Chaos.Tests;

/// <summary>Kill anything, get the same CSV: what <c>bench/chaos.sh</c> does for an hour, for five minutes.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Strikes = 8;

    private static readonly int[] Seeds = [1, 2];
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Struck_at_random_sweeps_end_in_the_same_bytes_and_their_histories_keep_every_rule()
    {
        await using var permissions = await Permissions.FindAsync(StrikeKinds.All, Seeds[0]);
        var kinds = StrikeKinds.All.Where(k => permissions.Refusal(k) is null).ToList();
        StrikeKinds.All.Except(kinds).ToList().ForEach(k => output.WriteLine($"not run: {k.Name}: {permissions.Refusal(k)}"));
        var run = new ChaosRun(silos: 4, Undisturbed.Epochs, ClusterProcesses.ShortTimes, permissions.Disks, permissions.Network, TimeProvider.System, output.WriteLine);
        var outcomes = new List<ChaosOutcome>();
        foreach (var seed in Seeds)
        {
            outcomes.Add(await run.RunAsync(seed, Strikes, kinds, LongestHold, TestContext.Current.CancellationToken));
        }

        var undisturbed = await Undisturbed.CsvAsync(outcomes.Max(o => o.Sizes));
        foreach (var outcome in outcomes)
        {
            Assert.Equal(Strikes, outcome.Strikes.Count);
            Assert.Equal(ChaosSweep.Rows(undisturbed, outcome.Sizes), outcome.Csv);
            Assert.Empty(outcome.Violations());
            Assert.Empty(outcome.Orphans);
            Assert.Empty(outcome.Disagreements);
        }
    }
}
