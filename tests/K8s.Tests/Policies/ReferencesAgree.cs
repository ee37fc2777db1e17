using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>What pods mount or read is there, or is the operator's to make; every object lies in the one namespace.</summary>
internal sealed class ReferencesAgree : IPolicy
{
    /// <summary>What docs/operations.md asks the operator for: the account's connection string, the page's tokens and certificate, the images to pack.</summary>
    private static readonly string[] Operators = ["Secret smallbatch-storage", "Secret smallbatch-access", "Secret smallbatch-page-tls", "Secret smallbatch-tls", "PersistentVolumeClaim smallbatch-source"];

    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        var there = rendering.Objects.Select(o => $"{o.Kind} {o.Name()}").Concat(Operators).Concat(rendering.Of<Certificate>().Select(c => $"Secret {c.Spec.SecretName}")).ToHashSet(StringComparer.Ordinal);
        foreach (var workload in rendering.Workloads)
        {
            foreach (var missing in Wanted(workload).Where(w => !there.Contains(w)))
            {
                yield return $"{workload.Name}: found no {missing}";
            }

            var volumes = workload.Pod.Volumes.Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var mount in workload.Containers.SelectMany(c => c.VolumeMounts).Where(m => !volumes.Contains(m.Name)))
            {
                yield return $"{workload.Name}: found no volume {mount.Name}";
            }
        }

        foreach (var (ingress, secret) in rendering.Of<V1Ingress>().SelectMany(i => (i.Spec.Tls ?? []).Select(t => (i, t.SecretName))).Where(t => !there.Contains($"Secret {t.SecretName}")))
        {
            yield return $"Ingress {ingress.Name()}: found no Secret {secret}";
        }

        foreach (var stray in rendering.Objects.Where(o => o.Namespace() != "smallbatch"))
        {
            yield return $"{stray.Kind} {stray.Name()}: found namespace {stray.Namespace()}, wanted smallbatch";
        }
    }

    private static IEnumerable<string> Wanted(Workload workload) =>
        workload.Containers.SelectMany(c => c.EnvFrom ?? []).Select(f => $"ConfigMap {f.ConfigMapRef.Name}")
            .Concat(workload.Containers.SelectMany(c => c.Env ?? []).Where(e => e.ValueFrom?.SecretKeyRef is not null).Select(e => $"Secret {e.ValueFrom.SecretKeyRef.Name}"))
            .Concat(workload.Pod.Volumes.Where(v => v.PersistentVolumeClaim is not null).Select(v => $"PersistentVolumeClaim {v.PersistentVolumeClaim.ClaimName}"))
            .Concat(workload.Pod.Volumes.Where(v => v.Secret is not null).Select(v => $"Secret {v.Secret.SecretName}"))
            .Append($"ServiceAccount {workload.Pod.ServiceAccountName}");
}
