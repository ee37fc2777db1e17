using k8s;
using k8s.Models;

namespace SmallBatch.K8s.Tests.Objects;

/// <summary>
/// KEDA's <c>keda.sh/v1alpha1</c> ScaledObject, as far as ours say anything: its resource definition has no class in Kubernetes' own description. A field
/// that is not here is refused as misspelt; one that is wanted is added here from KEDA's definition.
/// </summary>
internal sealed class ScaledObject : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    public ScaledObjectSpec Spec { get; set; } = new();
}

/// <summary>What is scaled, between which bounds, and by what.</summary>
internal sealed class ScaledObjectSpec
{
    public V1CrossVersionObjectReference ScaleTargetRef { get; set; } = new();

    public int? PollingInterval { get; set; }

    public int? MinReplicaCount { get; set; }

    public int? MaxReplicaCount { get; set; }

    public ScalingAdvanced? Advanced { get; set; }

    public IList<ScalingTrigger> Triggers { get; set; } = [];
}

/// <summary>How the autoscaler that KEDA makes behaves.</summary>
internal sealed class ScalingAdvanced
{
    public ScalingAutoscaler? HorizontalPodAutoscalerConfig { get; set; }
}

/// <summary>Its part that Kubernetes knows.</summary>
internal sealed class ScalingAutoscaler
{
    public V2HorizontalPodAutoscalerBehavior? Behavior { get; set; }
}

/// <summary>What is measured. Values of <see cref="Metadata"/> are text, whatever they mean.</summary>
internal sealed class ScalingTrigger
{
    public string Type { get; set; } = "";

    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();
}
