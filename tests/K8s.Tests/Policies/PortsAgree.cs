using k8s.Models;
using Orleans.Configuration;
using SmallBatch.K8s.Tests.Objects;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Telemetry;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>A silo listens where its container says, Services lead to ports that are there, the silos' own port is open to silos alone, and their metrics to the namespace that scrapes them.</summary>
internal sealed class PortsAgree : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) => Silos(rendering).Concat(Services(rendering)).Concat(Policies(rendering));

    private static IEnumerable<string> Silos(Rendering rendering)
    {
        foreach (var silo in rendering.Silos)
        {
            var program = SiloProgram.Wire(rendering, silo.Silo);
            var endpoints = program.Get<EndpointOptions>();
            (string, int)[] wanted = [("silo", endpoints.SiloListeningEndpoint!.Port), ("gateway", endpoints.GatewayListeningEndpoint!.Port), ("http", program.Get<EndpointSettings>().HttpPort)];
            var found = silo.Silo.Ports.Select(p => (p.Name, p.ContainerPort)).ToList();
            if (!found.Order().SequenceEqual(wanted.Order()))
            {
                yield return $"{silo.Name}: found ports {string.Join(", ", found)}, wanted {string.Join(", ", wanted)}";
            }

            var scraped = silo.Template.Metadata.Annotations?.Where(a => a.Key.StartsWith("prometheus.io/", StringComparison.Ordinal)).OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}") ?? [];
            string[] served = [$"prometheus.io/path={program.Paths.Single(p => p == MetricsExport.Path)}", $"prometheus.io/port={program.Get<EndpointSettings>().HttpPort}", "prometheus.io/scrape=true"];
            if (!scraped.SequenceEqual(served))
            {
                yield return $"{silo.Name}: found annotations {string.Join(", ", scraped)}, wanted {string.Join(", ", served)}";
            }

            if (endpoints.AdvertisedIPAddress!.ToString() != "10.1.2.3" || program.Get<SiloOptions>().SiloName != "smallbatch-0")
            {
                yield return $"{silo.Name}: wanted the pod's own address and name";
            }
        }
    }

    private static IEnumerable<string> Services(Rendering rendering) =>
        from service in rendering.Of<V1Service>()
        from port in service.Spec.Ports
        let named = rendering.Workloads.Where(w => w.Bears(service.Spec.Selector)).SelectMany(w => w.Containers).SelectMany(c => c.Ports ?? []).Where(p => p.Name == port.TargetPort.Value)
        where !named.Any() || named.Any(p => p.ContainerPort != port.Port)
        select $"Service {service.Name()}: found port {port.Port} to {port.TargetPort.Value}, wanted a port of that name and number in the pods";

    private static IEnumerable<string> Policies(Rendering rendering)
    {
        foreach (var workload in rendering.Workloads.Where(w => w.Containers.Any(c => c.Ports is not null)))
        {
            var ports = workload.Containers.SelectMany(c => c.Ports ?? []).ToList();
            var rules = rendering.Of<V1NetworkPolicy>().Where(p => workload.Bears(p.Spec.PodSelector.MatchLabels)).SelectMany(p => p.Spec.Ingress ?? []).ToList();
            if (rules.Count == 0)
            {
                yield return $"{workload.Name}: found no NetworkPolicy, wanted one";
            }

            if (rules.Any(r => r.FromProperty is null or [] || r.Ports is null or []))
            {
                yield return $"{workload.Name}: found a NetworkPolicy for everybody or for every port, wanted both named";
            }

            foreach (var (rule, port) in rules.SelectMany(r => (r.Ports ?? []).Select(p => (r, p))))
            {
                var open = ports.FirstOrDefault(p => $"{p.ContainerPort}" == port.Port.Value);
                if (open is null)
                {
                    yield return $"{workload.Name}: found a NetworkPolicy with port {port.Port.Value}, wanted one that it has";
                }
                else if (!(open.Name == "http" && rule.FromProperty is [var scraper] && IsNamespace(scraper)) && open.Name != "gateway" && (rule.FromProperty ?? []).Any(f => !OnlySilos(rendering, f)))
                {
                    yield return $"{workload.Name}: found port {open.Name} open to others, wanted silos alone";
                }
            }
        }
    }

    private static bool IsNamespace(V1NetworkPolicyPeer peer) =>
        peer is { IpBlock: null, PodSelector: null, NamespaceSelector: { MatchExpressions: null, MatchLabels: { Count: 1 } labels } } && labels.ContainsKey("kubernetes.io/metadata.name");

    private static bool OnlySilos(Rendering rendering, V1NetworkPolicyPeer peer) =>
        peer is { IpBlock: null, NamespaceSelector: null, PodSelector.MatchLabels: { } labels } && rendering.Silos.Any(s => s.Bears(labels))
        && rendering.Workloads.Where(w => w.Bears(labels)).All(w => rendering.Silos.Any(s => s.Name == w.Name));
}
