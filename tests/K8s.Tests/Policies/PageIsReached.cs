using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>An Ingress leads by TLS alone to a Service that is there, whose pods know tokens and let a controller in.</summary>
internal sealed class PageIsReached : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) =>
        rendering.Of<V1Ingress>().SelectMany(i => OfTls(i).Concat(i.Spec.Rules.SelectMany(r => r.Http.Paths).SelectMany(p => OfPath(rendering, p))).Select(c => $"Ingress {i.Name()}: {c}"));

    private static IEnumerable<string> OfTls(V1Ingress ingress)
    {
        var open = ingress.Spec.Rules.Select(r => r.Host).Except((ingress.Spec.Tls ?? []).Where(t => !string.IsNullOrEmpty(t.SecretName)).SelectMany(t => t.Hosts)).ToList();
        if (open.Count > 0)
        {
            yield return $"found no certificate for {string.Join(", ", open.Select(h => h ?? "every host"))}";
        }
    }

    private static IEnumerable<string> OfPath(Rendering rendering, V1HTTPIngressPath path)
    {
        var wanted = path.Backend.Service;
        var service = rendering.Of<V1Service>().FirstOrDefault(s => s.Name() == wanted.Name && s.Spec.Ports.Any(p => p.Name == wanted.Port.Name));
        var silos = rendering.Silos.Where(s => s.Bears(service?.Spec.Selector)).ToList();
        if (path is not { Path: "/", PathType: "Prefix" } || silos.Count == 0)
        {
            yield return $"found {path.PathType} {path.Path} to {wanted.Name}, port {wanted.Port.Name}, wanted all of a Service of silos";
        }

        foreach (var silo in silos)
        {
            var port = service!.Spec.Ports.Single(p => p.Name == wanted.Port.Name);
            if (!rendering.Of<V1NetworkPolicy>().Any(p => p.Name() == service.Name() && silo.Bears(p.Spec.PodSelector.MatchLabels) && p.Spec.Ingress.Any(r => r.Ports.Any(o => o.Port.Value == $"{port.Port}"))))
            {
                yield return $"found no NetworkPolicy {service.Name()} that lets a controller in to {silo.Name} at {port.Port}";
            }

            if ((silo.Silo.Env ?? []).Count(e => e.Name.StartsWith("SMALLBATCH_Access__", StringComparison.Ordinal) && e.ValueFrom?.SecretKeyRef is { Name: "smallbatch-access", Optional: true }) < 3)
            {
                yield return $"{silo.Name}: wanted its three tokens from the Secret smallbatch-access, each where it is there";
            }
        }
    }
}
