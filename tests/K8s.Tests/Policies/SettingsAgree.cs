using Microsoft.Extensions.Configuration;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Every variable that a silo is given is a setting that it has, with a value that it takes.</summary>
internal sealed class SettingsAgree : IPolicy
{
    /// <summary>What is no setting of the silo: the trainer's cache, and the variables of OpenTelemetry that it heeds.</summary>
    private static readonly string[] Others =
    [
        "XDG_CACHE_HOME",
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_TRACES_SAMPLER_ARG",
    ];

    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        foreach (var silo in rendering.Silos)
        {
            var stray = SiloProgram.Variables(rendering, silo.Silo).Keys.Where(k => !Others.Contains(k) && !k.StartsWith("SMALLBATCH_", StringComparison.Ordinal));
            foreach (var complaint in stray.Select(k => $"found variable {k}, wanted a setting").Concat(OfProgram(rendering, silo)))
            {
                yield return $"{silo.Name}: {complaint}";
            }
        }
    }

    private static IEnumerable<string> OfProgram(Rendering rendering, Workload silo)
    {
        try
        {
            var program = SiloProgram.Wire(rendering, silo.Silo);
            return [.. program.Settings.GetChildren().SelectMany(s => OfSection(program, s)), .. program.Refusals()];
        }
        catch (InvalidOperationException unreadable)
        {
            return [unreadable.Message];
        }
    }

    private static IEnumerable<string> OfSection(SiloProgram program, IConfigurationSection section)
    {
        if (!program.Sections.TryGetValue(section.Key, out var type))
        {
            return [$"found section {section.Key}, wanted one of {string.Join(", ", program.Sections.Keys)}"];
        }

        try
        {
            section.Get(type, o => o.ErrorOnUnknownConfiguration = true);
            return [];
        }
        catch (InvalidOperationException unknown)
        {
            return [unknown.Message];
        }
    }
}
