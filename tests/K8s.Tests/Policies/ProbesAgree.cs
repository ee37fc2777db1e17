using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Probes ask the silo for what it serves, live asks nothing of the store, and a start may take longer than a join.</summary>
internal sealed class ProbesAgree : IPolicy
{
    private const string Live = "/health/live";
    private const string Ready = "/health/ready";

    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        foreach (var silo in rendering.Silos)
        {
            var container = silo.Silo;
            var program = SiloProgram.Wire(rendering, container);
            (string Name, V1Probe? Probe, string Path)[] probes = [("startup", container.StartupProbe, Live), ("liveness", container.LivenessProbe, Live), ("readiness", container.ReadinessProbe, Ready)];
            foreach (var (name, probe, path) in probes.Where(p => p.Probe?.HttpGet is not { Host: null } get || get.Path != p.Path || get.Port.Value != "http" || !program.Paths.Contains(p.Path)))
            {
                yield return $"{silo.Name}: found a {name} probe of {probe?.HttpGet?.Path ?? "nothing"}, wanted {path} on port http";
            }

            var start = TimeSpan.FromSeconds((container.StartupProbe?.PeriodSeconds ?? 0) * (container.StartupProbe?.FailureThreshold ?? 0));
            if (start <= program.JoinsWithin)
            {
                yield return $"{silo.Name}: found {start.TotalSeconds} s for the start, wanted more than the {program.JoinsWithin.TotalSeconds} s of a join";
            }
        }
    }
}
