using k8s;
using k8s.Models;

namespace SmallBatch.K8s.Tests.Objects;

/// <summary>An overlay's objects, each of the class that its kind has in Kubernetes' own description.</summary>
internal sealed class Rendering(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/PersistentVolumeClaim"] = typeof(V1PersistentVolumeClaim),
        ["v1/Secret"] = typeof(V1Secret),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["apps/v1/StatefulSet"] = typeof(V1StatefulSet),
        ["batch/v1/CronJob"] = typeof(V1CronJob),
        ["batch/v1/Job"] = typeof(V1Job),
        ["cert-manager.io/v1/Certificate"] = typeof(Certificate),
        ["cert-manager.io/v1/Issuer"] = typeof(Issuer),
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["networking.k8s.io/v1/Ingress"] = typeof(V1Ingress),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; } = objects;

    /// <summary>Whatever starts pods.</summary>
    public IEnumerable<Workload> Workloads => Objects.Select(Workload.Of).OfType<Workload>();

    /// <summary>Those workloads whose pods are silos.</summary>
    public IEnumerable<Workload> Silos => Workloads.Where(w => w.Containers.Any(c => c.Name == "silo"));

    /// <summary>Reads rendered text. A kind that is not listed, a field that no such object has, or one that is there twice, is refused.</summary>
    public static Rendering Read(string yaml) =>
        new([.. KubernetesYaml.LoadAllFromString(yaml, Kinds, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    /// <summary>Objects of one kind.</summary>
    public IEnumerable<T> Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => Objects.OfType<T>();

    /// <summary>Each object's kind, name and content in one form, by name: what does not depend on who rendered it.</summary>
    public IReadOnlyList<string> Contents() => [.. Objects.Select(o => $"{o.Kind} {o.Name()} {KubernetesJson.Serialize(o)}").Order(StringComparer.Ordinal)];
}
