using OpenTelemetry.Trace;
using SmallBatch.Grains;

namespace SmallBatch.Silo.Telemetry;

/// <summary>Traces by OTLP, where the standard variables of OpenTelemetry name an endpoint.</summary>
internal static class TracesExport
{
    private const string OrleansCalls = "Microsoft.Orleans.Application";

    /// <summary>Whether there is somebody to send them to.</summary>
    public static bool IsWanted(IConfiguration configuration) =>
        configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] is { Length: > 0 };

    /// <summary>Adds the export, if it is wanted.</summary>
    public static void AddTracesExport(this WebApplicationBuilder builder)
    {
        if (IsWanted(builder.Configuration))
        {
            var share = builder.Configuration.GetValue("OTEL_TRACES_SAMPLER_ARG", 1.0);
            builder.Services.AddOpenTelemetry().WithTracing(traces => traces.SetSampler(new OwnRoots(share)).AddSource(MeterNames.SmallBatch, OrleansCalls).AddOtlpExporter());
        }
    }
}
