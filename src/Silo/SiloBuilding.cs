using System.Net;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using SmallBatch.Contracts;
using SmallBatch.Grains;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuHosts;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Silo.Audit;
using SmallBatch.Silo.Devices;
using SmallBatch.Silo.Health;
using SmallBatch.Silo.Notices;
using SmallBatch.Silo.Operators;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Simulation;
using SmallBatch.Silo.Storage;
using SmallBatch.Silo.Telemetry;
using SmallBatch.Silo.Trainers;
using SmallBatch.Tls;
using SmallBatch.Web.Access;

namespace SmallBatch.Silo;

/// <summary>The wiring: settings, store, cluster, grains, trainers, health.</summary>
internal static class SiloBuilding
{
    private static readonly TimeSpan ShutdownReserve = TimeSpan.FromSeconds(20);

    /// <summary>Adds every section of settings, checked when the host starts: all errors at once. Tells which class reads which section.</summary>
    public static IReadOnlyDictionary<string, Type> AddSettings(this WebApplicationBuilder builder)
    {
        var sections = new Dictionary<string, Type>(StringComparer.OrdinalIgnoreCase);
        Add<StorageSettings>("Storage");
        Add<ClusterSettings>("Cluster");
        Add<TlsSettings>("Tls");
        Add<EndpointSettings>("Endpoints");
        Add<TrainerSettings>("Trainer");
        Add<SimulationSettings>("Simulation");
        Add<ParentSettings>("Parent");
        Add<LogSettings>("Log");
        Add<GpuPoolOptions>("Pool");
        Add<SweepOptions>("Sweeps");
        Add<ConfigurationOptions>("Configurations");
        Add<CollectorOptions>("Collector");
        Add<AccessSettings>("Access");
        Add<WebhookSettings>("Webhooks");
        Add<DashboardSettings>("Dashboard");
        return sections;

        void Add<T>(string section)
            where T : class
        {
            sections.Add(section, typeof(T));
            builder.Services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        }
    }

    /// <summary>Adds store, cluster and grains.</summary>
    public static void AddCluster(this WebApplicationBuilder builder)
    {
        var cluster = Section<ClusterSettings>(builder, "Cluster");
        var endpoints = Section<EndpointSettings>(builder, "Endpoints");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<StoreMetrics>();
        builder.Services.AddSingleton<StorageClients>();
        builder.Services.AddSingleton(s => s.GetRequiredService<StorageClients>().Tables(StorageClients.Bounded().ForProviders()));
        builder.Services.AddSingleton(s => s.GetRequiredService<StorageClients>().Blobs());

        // First of all hosted services: nothing is written into a store that is not for this release.
        builder.Services.AddSingleton<StoreFormatTable>();
        builder.Services.AddHostedService<FormatGate>();

        // The next: while the silo tries to join, the log says what the store and the clock are up to.
        builder.Services.AddSingleton<StoreWatcher>();
        builder.Services.AddHostedService(s => s.GetRequiredService<StoreWatcher>());
        builder.Host.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (cluster.ClusterId, cluster.ServiceId));
            silo.Configure<SiloMessagingOptions>(o => o.MaxMessageBodySize = MessageSize.Most);
            silo.Configure<SiloOptions>(o => o.SiloName = endpoints.SiloName);
            silo.Configure<EndpointOptions>(o =>
            {
                o.AdvertisedIPAddress = IPAddress.Parse(endpoints.Address);
                (o.SiloPort, o.GatewayPort) = (endpoints.SiloPort, endpoints.GatewayPort);
                var listen = endpoints.IsLocal ? IPAddress.Loopback : IPAddress.Any;
                o.SiloListeningEndpoint = new(listen, endpoints.SiloPort);
                o.GatewayListeningEndpoint = new(listen, endpoints.GatewayPort);
            });
            silo.Configure<ClusterMembershipOptions>(o =>
            {
                (o.ProbeTimeout, o.MaxProbeTimeout) = (cluster.ProbeTimeout, cluster.MaxProbeTimeout);
                // Joiners wait for rows whose IAmAlive is fresh: after a loss of the whole cluster that is 15 s instead of 90.
                o.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
                o.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            });
            // Activations that are dropped when the store went back may be in the middle of calls to each other: no turn of ours is long,
            // and one that is cut off is fenced by its row's tag.
            silo.Configure<GrainCollectionOptions>(o => o.DeactivationTimeout = TimeSpan.FromSeconds(5));
            if (Section<TlsSettings>(builder, "Tls").Folder is { } tls)
            {
                silo.UseTlsOf(new(tls, TimeProvider.System));
            }

            silo.UseAzureTables();
            silo.Configure<ReminderOptions>(o => o.MinimumReminderPeriod = Section<SweepOptions>(builder, "Sweeps").BackstopPeriod);
            // Binary, by [Id] and [Alias]: a state class can be renamed or moved without losing a row.
            silo.Services.AddSingleton<IGrainStorageSerializer>(s => new OrleansGrainStorageSerializer(s.GetRequiredService<Serializer>()));
            silo.AddSmallBatchGrains();
            silo.AddIncomingGrainCallFilter<AuditFilter>();
            if (Section<DashboardSettings>(builder, "Dashboard").On)
            {
                silo.AddOperatorsDashboard();
            }

            if (TracesExport.IsWanted(builder.Configuration))
            {
                silo.AddActivityPropagation();
            }
        });
    }

    /// <summary>Adds what the grains ask of the machine: trainers, blobs, datasets, membership.</summary>
    public static void AddMachine(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<CheckpointBlobs>();
        services.AddSingleton<ICheckpointStore>(s => s.GetRequiredService<CheckpointBlobs>());
        services.AddSingleton<AttemptLogBlobs>();
        services.AddSingleton<AttemptLogTable>();
        services.AddSingleton<IAttemptLogs>(s => s.GetRequiredService<AttemptLogTable>());
        services.AddSingleton<IDatasetCatalog, DatasetFolder>();
        services.AddSingleton<IHostLiveness, HostLiveness>();
        if (Section<SimulationSettings>(builder, "Simulation").On)
        {
            services.AddSingleton<ITrainerProgram, SimulatedProgram>();
        }
        else
        {
            services.AddSingleton<ITrainerProgram, TrainerProgram>();
        }

        services.AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<INoticeSender>(s => s.GetRequiredService<WebhookSender>());
        services.AddHostedService(s => s.GetRequiredService<WebhookSender>());
        services.AddSingleton<INvml, Nvml>();
        services.AddSingleton<DeviceInventory>();
        services.AddSingleton<ByteTests>();
        services.AddSingleton<DeviceWatch>();
        services.AddSingleton<EnergyMeter>();
        services.AddSingleton<TrainerMetrics>();
        services.AddSingleton<TrainerHost>();
        services.AddSingleton<ITrainerHost>(s => s.GetRequiredService<TrainerHost>());
        services.AddHostedService<ParentWatcher>();
        services.AddHostedService<DeadHostWatcher>();
        services.AddSingleton<StoreRecovery>();
        services.AddSingleton<IStoreRecovery>(s => s.GetRequiredService<StoreRecovery>());
        services.AddHostedService(s => s.GetRequiredService<TrainerHost>());
        var drain = Section<TrainerSettings>(builder, "Trainer").DrainLimit;
        services.Configure<HostOptions>(o => o.ShutdownTimeout = drain + ShutdownReserve);
    }

    /// <summary>Serves health on its own port: alive while it answers, and whether it is ready.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Text("alive"));
        app.MapGet("/health/ready", (Readiness readiness) => Results.Text(readiness.Told, statusCode: readiness.WhyNot is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable));
    }

    private static T Section<T>(WebApplicationBuilder builder, string name)
        where T : new()
    {
        var settings = new T();
        builder.Configuration.GetSection(name).Bind(settings);
        return settings;
    }
}
