using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Cluster.Tests;

/// <summary>A search that leaves cells out, on images that are kept back, killed in the middle: the same cells are left out.</summary>
public sealed class SearchTests
{
    private static readonly string Spec = TestCluster.Spec
        .Replace("[8, 16]", "[4]", StringComparison.Ordinal)
        .Replace("[2^-7, 2^-5]", "[2^-9, 2^-7, 2^-5]", StringComparison.Ordinal)
        + "\nsearch: { kind: halving, rungs: 1, factor: 3 }\nselectOn: validation\n";

    [Fact]
    public async Task Killed_on_a_rung_and_again_after_it_the_same_cells_go_on_and_no_byte_differs()
    {
        var undisturbed = await UndisturbedAsync();
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        SweepSnapshot sweep;
        await using (var first = await cluster.ConnectAsync())
        {
            sweep = await TestCluster.SubmitAsync(first, Spec);
            await TestCluster.UntilEpochAsync(first, sweep, 1, c => c.Key.Contains(".rung=1.", StringComparison.Ordinal));
        }

        await cluster.KillEverythingAsync();
        await cluster.StartEverythingAsync();
        await using (var second = await cluster.ConnectAsync())
        {
            await TestCluster.UntilEpochAsync(second, sweep, 1, c => !c.Key.Contains(".rung=1.", StringComparison.Ordinal));
        }

        await cluster.KillEverythingAsync();
        await cluster.StartEverythingAsync();
        await using var third = await cluster.ConnectAsync();
        Assert.Equal(undisturbed, (await TestCluster.ResultsAsync(third)).Csv);
        Assert.Empty((await third.Grains.GetGrain<ISweepGrain>("chaos").Verify(TestContext.Current.CancellationToken))!.Disagreements);
    }

    private static async Task<string> UndisturbedAsync()
    {
        await using var cluster = await TestCluster.StartAsync(silos: 1, slotsEach: 2);
        await using var connection = await cluster.ConnectAsync();
        await TestCluster.SubmitAsync(connection, Spec);
        var (csv, results) = await TestCluster.ResultsAsync(connection);
        Assert.Contains(results.Analysis.Cells, c => c.LeftOutAfter is not null);
        return csv;
    }
}
