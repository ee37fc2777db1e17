using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuHosts;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Tests;

namespace SmallBatch.Grains.Tests;

/// <summary>
/// The grains in a silo of this process, each call to one of ours under a test's eyes. Its tests run one after another: they share an account, and a
/// pool's epoch is one activation's.
/// </summary>
internal sealed class OneSilo : IAsyncDisposable
{
    /// <summary>Tests that use the pool's rows, one silo after another.</summary>
    public const string OnePool = "one pool";

    private readonly InProcessTestCluster cluster;

    private OneSilo(InProcessTestCluster cluster) => this.cluster = cluster;

    public IGrainFactory Grains => cluster.Client;

    /// <summary>The silo's full address.</summary>
    public string Host => cluster.Silos[0].SiloAddress.ToParsableString();

    /// <summary>Starts it on the account's tables. <paramref name="called"/> is asked before each call to a grain of ours; where it answers a task, that is awaited in the call's place. <paramref name="more"/> adds what a test has of its own.</summary>
    public static async Task<OneSilo> StartAsync(AzuriteFixture azurite, Func<IIncomingGrainCallContext, Task?> called, Action<IServiceCollection>? more = null)
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.UseInMemoryReminderService();
            silo.AddSmallBatchGrains();
            silo.AddIncomingGrainCallFilter(call => called(call) ?? call.Invoke());
            silo.Services.AddSingleton(azurite.Tables);
            silo.Services.AddSingleton(TimeProvider.System);
            silo.Services.AddSingleton(Proxy.Of<IHostLiveness>((method, _) => method.Name == nameof(IHostLiveness.MayBeAlive)));
            silo.Services.AddSingleton(Unasked<ITrainerHost>());
            silo.Services.AddSingleton(Unasked<IStoreRecovery>());
            silo.Services.AddSingleton(Unasked<IDatasetCatalog>());
            silo.Services.AddSingleton(Unasked<ICheckpointStore>());
            silo.Services.AddSingleton(Unasked<IAttemptLogs>());
            silo.Services.AddSingleton(Unasked<INoticeSender>());
            silo.Configure<GpuPoolOptions>(o => o.TickPeriod = TimeSpan.FromMilliseconds(100));
            more?.Invoke(silo.Services);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster);
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    private static T Unasked<T>()
        where T : class => Proxy.Of<T>((method, _) => throw new InvalidOperationException($"{typeof(T).Name}.{method.Name} is not part of this test"));
}
