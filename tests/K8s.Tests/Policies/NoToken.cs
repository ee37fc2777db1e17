using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>No pod has a token for Kubernetes, nor variables that it did not ask for.</summary>
internal sealed class NoToken : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) =>
        rendering.Of<V1ServiceAccount>().Where(a => a.AutomountServiceAccountToken != false).Select(a => $"ServiceAccount {a.Name()}: wanted automountServiceAccountToken false")
        .Concat(rendering.Workloads.Where(w => w.Pod.AutomountServiceAccountToken != false || (w.Pod.Volumes ?? []).Any(v => v.Projected is not null))
            .Select(w => $"{w.Name}: wanted automountServiceAccountToken false, and no projected volume"))
        .Concat(rendering.Workloads.Where(w => w.Pod.EnableServiceLinks != false)
            .Select(w => $"{w.Name}: wanted enableServiceLinks false, since variables of Services begin with SMALLBATCH_ as settings do"));
}
