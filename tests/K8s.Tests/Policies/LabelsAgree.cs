using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Whoever selects pods selects those that it means: a workload its own and no other's, everybody else at least one.</summary>
internal sealed class LabelsAgree : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        var workloads = rendering.Workloads.ToList();
        foreach (var owner in workloads.Where(w => w.Selector is not null))
        {
            var selected = workloads.Where(w => w.Bears(owner.Selector!.MatchLabels)).Select(w => w.Name).ToList();
            if (selected is not [var only] || only != owner.Name)
            {
                yield return $"{owner.Name}: found a selector of {(selected.Count == 0 ? "nothing" : string.Join(", ", selected))}, wanted its own pods alone";
            }
        }

        var others = rendering.Of<V1Service>().Select(s => ($"Service {s.Name()}", s.Spec.Selector))
            .Concat(rendering.Of<V1PodDisruptionBudget>().Select(b => ($"PodDisruptionBudget {b.Name()}", b.Spec.Selector.MatchLabels)))
            .Concat(rendering.Of<V1NetworkPolicy>().Select(p => ($"NetworkPolicy {p.Name()}", p.Spec.PodSelector.MatchLabels)))
            .Concat(workloads.SelectMany(w => (w.Pod.TopologySpreadConstraints ?? []).Select(s => ($"{w.Name}, spread over {s.TopologyKey}", s.LabelSelector.MatchLabels))));
        foreach (var (name, labels) in others.Where(o => !workloads.Any(w => w.Bears(o.Item2))))
        {
            yield return $"{name}: found a selector of nothing ({string.Join(", ", labels ?? new Dictionary<string, string>())}), wanted one of pods that are there";
        }

        foreach (var set in rendering.Of<V1StatefulSet>().Where(s => !rendering.Of<V1Service>().Any(v => v.Name() == s.Spec.ServiceName && v.Spec.ClusterIP == "None")))
        {
            yield return $"StatefulSet {set.Name()}: found no headless Service {set.Spec.ServiceName}";
        }
    }
}
