using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using SmallBatch.Grains;
using SmallBatch.Silo.Health;
using SmallBatch.Silo.Storage;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Telemetry;

/// <summary>What this silo measures, in Prometheus' text form at <c>/metrics</c> on the port of its health.</summary>
internal static class MetricsExport
{
    /// <summary>The path.</summary>
    public const string Path = "/metrics";

    private const string Orleans = "Microsoft.Orleans";

    /// <summary>Which of Orleans' hundred metrics are worth a look.</summary>
    public static readonly IReadOnlyList<string> OfOrleans =
    [
        "orleans-app-requests-timedout", "orleans-catalog-activations", "orleans-gateway-connected-clients", "orleans-messaging-sent-dropped", "orleans-scheduler-long-running-turns",
    ];

    /// <summary>Adds the export of our metrics, and of a few of Orleans' own.</summary>
    public static void AddMetricsExport(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<MetricsStart>();
        builder.Services.AddSingleton<HealthMetrics>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("smallbatch-silo", serviceVersion: Release.Name, serviceInstanceId: builder.Configuration["Endpoints:SiloName"] ?? Environment.MachineName))
            .WithMetrics(metrics => metrics
                .AddMeter(MeterNames.SmallBatch, Orleans)
                .AddView(i => i.Meter.Name == Orleans && !OfOrleans.Contains(i.Name) ? MetricStreamConfiguration.Drop : null)
                .AddPrometheusExporter(o => o.ScopeInfoEnabled = false));
    }

    /// <summary>Serves them.</summary>
    public static void MapMetrics(this WebApplication app) => app.MapPrometheusScrapingEndpoint(Path);

    /// <summary>Makes them: what listens first, then what it listens to. From here on every series that can be zero is there.</summary>
    public static void Begin(IServiceProvider services)
    {
        services.GetRequiredService<MeterProvider>();
        services.GetRequiredService<HealthMetrics>();
        services.GetRequiredService<Readiness>();
        services.GetRequiredService<TrainerMetrics>();
        services.GetRequiredService<StoreMetrics>();
        services.BeginGrainMetrics();
    }
}
