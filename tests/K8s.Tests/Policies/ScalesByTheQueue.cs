using System.Text.RegularExpressions;
using k8s.Models;
using SmallBatch.K8s.Tests.Objects;
using SmallBatch.Silo.Devices;
using SmallBatch.Silo.Settings;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Where device classes are scaled, each is by what is wanted of its own numerics class, a pod's slots a pod, and none goes because of a moment's lull.</summary>
internal sealed partial class ScalesByTheQueue : IPolicy
{
    private const int ShortestLull = 600;

    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        var all = rendering.Of<ScaledObject>().ToList();
        foreach (var scaled in all)
        {
            var target = scaled.Spec.ScaleTargetRef;
            var set = rendering.Of<V1StatefulSet>().FirstOrDefault(s => target is { ApiVersion: "apps/v1", Kind: "StatefulSet" } && s.Name() == target.Name);
            var complaints = set is null ? [$"found target {target.Kind} {target.Name}, wanted a StatefulSet that is there"]
                : OfTarget(rendering, set).Concat(OfBounds(scaled.Spec)).Concat(OfTrigger(rendering, scaled, set, all)).Concat(all.Count(o => o.Spec.ScaleTargetRef.Name == target.Name) > 1 ? [$"found {target.Name} scaled twice"] : []);
            foreach (var complaint in complaints)
            {
                yield return $"ScaledObject {scaled.Metadata.Name}: {complaint}";
            }
        }
    }

    /// <summary>An apply would set the number back that the autoscaler has chosen.</summary>
    private static IEnumerable<string> OfTarget(Rendering rendering, V1StatefulSet set) =>
        (set.Spec.Replicas is { } replicas ? [$"found {replicas} replicas in {set.Name()}, wanted none said"] : Array.Empty<string>())
        .Concat(rendering.Silos.Any(s => s.Name == $"StatefulSet {set.Name()}") ? [] : [$"found target {set.Name()}, wanted silos"]);

    private static IEnumerable<string> OfBounds(ScaledObjectSpec spec)
    {
        if (spec.MinReplicaCount is not >= 1 || spec.MaxReplicaCount is not { } most || most < spec.MinReplicaCount)
        {
            yield return $"found {spec.MinReplicaCount} to {spec.MaxReplicaCount} pods, wanted 1 at least, and a bound";
        }

        if (spec.Advanced?.HorizontalPodAutoscalerConfig?.Behavior?.ScaleDown is not { StabilizationWindowSeconds: >= ShortestLull, Policies: [{ Type: "Pods", Value: 1, PeriodSeconds: >= 60 }] })
        {
            yield return $"wanted pods to go one by one, after a lull of {ShortestLull} s at least";
        }
    }

    private static IEnumerable<string> OfTrigger(Rendering rendering, ScaledObject scaled, V1StatefulSet set, List<ScaledObject> all)
    {
        if (scaled.Spec.Triggers is not [{ Type: "prometheus", Metadata: var asked }] || !asked.Keys.Order(StringComparer.Ordinal).SequenceEqual(["ignoreNullValues", "query", "serverAddress", "threshold"]))
        {
            yield return "wanted one trigger of type prometheus with serverAddress, query, threshold and ignoreNullValues";
            yield break;
        }

        if (asked["ignoreNullValues"] != "false" || !Uri.TryCreate(asked["serverAddress"], UriKind.Absolute, out _))
        {
            yield return "wanted a server's address, and that nothing changes while it does not know";
        }

        var slots = Slots(rendering, set);
        if (asked["threshold"] != $"{slots}")
        {
            yield return $"found threshold {asked["threshold"]}, wanted {slots}, the slots of a pod";
        }

        var own = ExampleClass(set);
        if (Classes(scaled) is not { } classes || !classes.IsMatch(own) || all.Any(o => o != scaled && Classes(o)?.IsMatch(own) == true))
        {
            yield return $"found query {asked["query"]}, wanted that of smallbatch_slots_wanted for its own numerics class, such as {own}, and for no other's";
        }
    }

    private static int Slots(Rendering rendering, V1StatefulSet set)
    {
        var silo = Workload.Of(set)!.Silo;
        var gpus = silo.Resources.Limits.Where(l => l.Key.StartsWith("nvidia.com/", StringComparison.Ordinal)).Sum(l => l.Value.ToInt32());
        return gpus > 0 ? gpus : SiloProgram.Wire(rendering, silo).Get<TrainerSettings>().CpuSlots;
    }

    /// <summary>What such a pod offers, as the silo names it.</summary>
    private static string ExampleClass(V1StatefulSet set)
    {
        var part = Workload.Of(set)!.Silo.Resources.Limits.Keys.Select(k => Part().Match(k)).FirstOrDefault(m => m.Success)?.Groups[1].Value;
        return set.Spec.Template.Spec.NodeSelector?.TryGetValue("nvidia.com/gpu.product", out var product) == true
            ? GpuNumericsClass.Of(product.Replace("-SHARED", "", StringComparison.Ordinal) + (part is null ? "" : $" MIG {part}"), "570.124.06", "torch2.10.0-cuda12.8-cudnn9.10.2-n3")
            : "cpu-intel6.207-avx512-t1-torch2.10.0-n3";
    }

    /// <summary>The classes that it asks for; Prometheus takes an expression for the whole of a label's value.</summary>
    private static Regex? Classes(ScaledObject scaled) =>
        scaled.Spec.Triggers.SelectMany(t => t.Metadata).Where(m => m.Key == "query").Select(m => Query().Match(m.Value)).FirstOrDefault(m => m.Success) is { } asked ? new($"^(?:{asked.Groups[1].Value})$") : null;

    [GeneratedRegex(@"^sum\(max by \(class\) \(smallbatch_slots_wanted\{class=~""([^""]+)""\}\)\)$")]
    private static partial Regex Query();

    [GeneratedRegex("^nvidia.com/mig-(.+)$")]
    private static partial Regex Part();
}
