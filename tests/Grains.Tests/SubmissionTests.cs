using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Grains.Tests;

/// <summary>What a cluster takes.</summary>
[Collection(OneSilo.OnePool)]
public sealed class SubmissionTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_sweep_of_more_cells_than_the_silos_take_is_refused_with_everything_else_that_is_wrong_and_nothing_is_stored()
    {
        var token = TestContext.Current.CancellationToken;
        await using var silo = await OneSilo.StartAsync(azurite, _ => null, services =>
        {
            services.Configure<SweepOptions>(o => o.MostCells = 1);
            services.AddSingleton(Proxy.Of<IDatasetCatalog>((_, arguments) => Task.FromResult(DatasetCatalog.Inspect((DatasetSpec)arguments![0]!, null))));
        });
        var sweep = silo.Grains.GetGrain<ISweepGrain>("s");
        var reply = await sweep.Submit(new(SmallSweep.Text.Replace("[8]", "[8, 65]", StringComparison.Ordinal), null), token);
        Assert.Equal(SubmitOutcome.Refused, reply.Outcome);
        var tooMany = Assert.Single(reply.Errors, e => e.Path == "batchSizes × baseLearningRates");
        Assert.Equal(("4 cells", "at most 1; split the sweep, or let the silos take more where the store is an account of Azure Storage: Sweeps:MostCells, up to 100000"), (tooMany.Found, tooMany.Wanted));
        Assert.Contains(reply.Errors, e => e.Found.Contains("65", StringComparison.Ordinal));
        Assert.Null(await sweep.Describe());
        Assert.Equal(SubmitOutcome.Accepted, (await sweep.Submit(new(SmallSweep.Text.Replace("[2^-7, 2^-5]", "[2^-7]", StringComparison.Ordinal), null), token)).Outcome);
    }
}
