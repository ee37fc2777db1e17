using System.Globalization;
using Microsoft.Extensions.Options;
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

    /// <summary>The share of traces that are kept. Throws <see cref="OptionsValidationException"/> where it is none.</summary>
    public static double Share(string? text) =>
        string.IsNullOrEmpty(text) ? 1
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share
        : throw new OptionsValidationException("", typeof(double), [$"OTEL_TRACES_SAMPLER_ARG: found {text}, wanted a number from 0 to 1, the share of traces that are kept."]);

    /// <summary>Adds the export, if it is wanted.</summary>
    public static void AddTracesExport(this WebApplicationBuilder builder)
    {
        if (IsWanted(builder.Configuration))
        {
            var share = Share(builder.Configuration["OTEL_TRACES_SAMPLER_ARG"]);
            builder.Services.AddOpenTelemetry().WithTracing(traces => traces.SetSampler(new OwnRoots(share)).AddSource(MeterNames.SmallBatch, OrleansCalls).AddOtlpExporter());
        }
    }
}
