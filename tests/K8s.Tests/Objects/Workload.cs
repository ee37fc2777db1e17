using k8s;
using k8s.Models;

namespace SmallBatch.K8s.Tests.Objects;

/// <summary>What starts pods.</summary>
/// <param name="Name">Kind and name, for complaints.</param>
/// <param name="Template">The pods that it starts.</param>
/// <param name="Selector">Which pods it takes for its own; null for a Job or CronJob, which make their own.</param>
internal sealed record Workload(string Name, V1PodTemplateSpec Template, V1LabelSelector? Selector)
{
    /// <summary>The pods.</summary>
    public V1PodSpec Pod => Template.Spec;

    /// <summary>Their containers, those that run first included.</summary>
    public IEnumerable<V1Container> Containers => (Pod.InitContainers ?? []).Concat(Pod.Containers);

    /// <summary>The silo's container.</summary>
    public V1Container Silo => Pod.Containers.Single(c => c.Name == "silo");

    /// <summary>Whether its pods bear all of these labels.</summary>
    public bool Bears(IDictionary<string, string>? labels) =>
        labels is { Count: > 0 } && labels.All(l => Template.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value);

    /// <summary>The workload that an object is; null for another object.</summary>
    public static Workload? Of(IKubernetesObject<V1ObjectMeta> found) => found switch
    {
        V1Deployment d => new($"Deployment {d.Name()}", d.Spec.Template, d.Spec.Selector),
        V1StatefulSet s => new($"StatefulSet {s.Name()}", s.Spec.Template, s.Spec.Selector),
        V1CronJob c => new($"CronJob {c.Name()}", c.Spec.JobTemplate.Spec.Template, null),
        V1Job j => new($"Job {j.Name()}", j.Spec.Template, null),
        _ => null,
    };
}
