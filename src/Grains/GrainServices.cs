using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuHosts;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Grains.Verification;

namespace SmallBatch.Grains;

/// <summary>Registers what the grains need besides what the silo implements.</summary>
public static class GrainServices
{
    /// <summary>
    /// Adds stores and placement. The silo adds <c>TableServiceClient</c>, <see cref="ITrainerHost"/>, <see cref="IStoreRecovery"/>,
    /// <see cref="IDatasetCatalog"/>, <see cref="Checkpoints.ICheckpointStore"/>, <see cref="Configurations.IAttemptLogs"/>,
    /// <see cref="INoticeSender"/> and <see cref="IHostLiveness"/>.
    /// </summary>
    public static ISiloBuilder AddSmallBatchGrains(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddSingleton<StoredActivations>();
        silo.Services.AddSingleton<IConfigureGrainContextProvider>(s => s.GetRequiredService<StoredActivations>());
        silo.Services.AddSingleton<SweepIndexTable>();
        silo.Services.AddSingleton<ResultTable>();
        silo.Services.AddSingleton<AttemptTable>();
        silo.Services.AddTransient<SweepDeletion>();
        silo.Services.AddSingleton<ConfigurationRows>();
        silo.Services.AddSingleton<CheckpointCollector>();
        silo.Services.AddSingleton<SweepReader>();
        silo.Services.AddMetrics();
        silo.Services.AddSingleton<PoolMetrics>();
        silo.Services.AddSingleton<ConfigurationMetrics>();
        silo.Services.AddPlacementDirector<NamedSiloPlacement, NamedSiloPlacementDirector>();
        return silo;
    }

    /// <summary>Makes the grains' metrics, each with its zeros, before the first grain has anything to count.</summary>
    public static void BeginGrainMetrics(this IServiceProvider services)
    {
        services.GetRequiredService<PoolMetrics>();
        services.GetRequiredService<ConfigurationMetrics>();
    }
}
