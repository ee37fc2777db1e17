using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Datasets;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Grains.Tests;

/// <summary>A release whose arithmetic is not that of a sweep's trainers.</summary>
[Collection(OneSilo.OnePool)]
public sealed class ArithmeticTests(AzuriteFixture azurite)
{
    private const int Theirs = TrainingNumerics.Version + 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sweep_keeps_the_cells_of_the_arithmetic_that_its_class_began_with_and_trains_them_alone()
    {
        var ordered = new ConcurrentDictionary<string, QueueOrder>();
        var both = new TaskCompletionSource();
        await using var silo = await OneSilo.StartAsync(
            azurite,
            call =>
            {
                if (call.InterfaceMethod.DeclaringType == typeof(IConfigurationGrain) && call.InterfaceMethod.Name == nameof(IConfigurationGrain.Queue))
                {
                    var order = (QueueOrder)call.Request.GetArgument(0)!;
                    ordered[order.Job.Key] = order;
                    if (ordered.Count == 2)
                    {
                        both.TrySetResult();
                    }

                    return Task.CompletedTask;
                }

                return null;
            },
            services => services.AddSingleton(Proxy.Of<IDatasetCatalog>((_, arguments) => Task.FromResult(DatasetCatalog.Inspect((DatasetSpec)arguments![0]!, null)))));
        var pool = silo.Grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool);
        await pool.Heartbeat(new("127.0.0.1:1@1", "host", 1, [new("cpu", "CPU", ["cpu-0"], $"cpu-made-up-n{Theirs}", null)], [], [], false, 0, []));
        var sweep = silo.Grains.GetGrain<ISweepGrain>("s");
        Assert.Empty((await sweep.Submit(new(SmallSweep.Text, null), Token)).Errors);
        await both.Task.WaitAsync(Patience, Token);
        Assert.All(ordered.Values, o => Assert.Equal(Theirs, SettingsText.Read(o.Job.SettingsText).NumericsVersion));
        Assert.Equal(ordered.Keys.Order(), (await sweep.Configurations()).Select(c => c.Key).Order());

        // Submitted again, or wider, it is the same sweep still.
        Assert.Equal(SubmitOutcome.Unchanged, (await sweep.Submit(new(SmallSweep.Text, null), Token)).Outcome);
        Assert.Equal(SubmitOutcome.Extended, (await sweep.Submit(new(SmallSweep.Text.Replace("[8]", "[4, 8]", StringComparison.Ordinal), null), Token)).Outcome);
        Assert.Empty(ordered.Keys.Except((await sweep.Configurations()).Select(c => c.Key)));
    }
}
