using System.Security.Cryptography;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests;

/// <summary>Overlays render, and to what Kubernetes knows.</summary>
public sealed class RenderingTests
{
    public static TheoryData<string> Overlays => [.. Repository.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public void What_is_checked_in_is_what_the_overlay_renders_to(string overlay)
    {
        if (Kustomize.Missing() is { } reason)
        {
            Assert.Skip(reason);
        }

        var rendered = Rendering.Read(Kustomize.Render(overlay)).Contents();
        Assert.True(rendered.SequenceEqual(Rendering.Read(Repository.Rendered(overlay)).Contents()), $"tests/K8s.Tests/Rendered/{overlay}.yaml: found another rendering, wanted that of k8s/overlays/{overlay}; run eng/render.sh");
    }

    /// <summary>On a machine without kubectl too.</summary>
    [Fact]
    public void What_is_checked_in_was_rendered_from_what_k8s_is_now()
    {
        var now = Directory.EnumerateFiles(Path.Combine(Repository.Root, "k8s"), "*", SearchOption.AllDirectories)
            .Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))}  {Path.GetRelativePath(Repository.Root, f)}");
        var then = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Rendered", "sources.sha256"));
        Assert.True(now.ToHashSet(StringComparer.Ordinal).SetEquals(then), "tests/K8s.Tests/Rendered: found what other files than those of k8s rendered to, wanted them rendered after the change; run eng/render.sh");
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Each_object_is_read_strictly_and_stands_once(string overlay)
    {
        var objects = Rendering.Read(Repository.Rendered(overlay)).Objects;
        Assert.True(objects.Count >= 10, $"found {objects.Count} objects, wanted those of the base at least");
        Assert.Distinct(objects.Select(o => (o.Kind, o.Metadata.Name)));
    }

    [Theory]
    [InlineData("terminationGracePeriodSeconds:", "terminationGraceSeconds:")]
    [InlineData("readOnlyRootFilesystem:", "readonlyRootFilesystem:")]
    [InlineData("failureThreshold:", "failureTreshold:")]
    [InlineData("whenUnsatisfiable:", "whenUnsatisfied:")]
    [InlineData("podSelector:", "podSelectors:")]
    [InlineData("kind: StatefulSet", "kind: StatefullSet")]
    [InlineData("apiVersion: policy/v1", "apiVersion: policy/v1beta1")]
    [InlineData("replicas: 3", "replicas: three")]
    public void What_is_misspelt_is_refused(string right, string wrong)
    {
        var yaml = Repository.Rendered("azurite");
        Assert.Contains(right, yaml);
        Assert.ThrowsAny<Exception>(() => Rendering.Read(yaml.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("minReplicaCount:", "minReplicas:")]
    [InlineData("scaleTargetRef:", "scaleTarget:")]
    [InlineData("horizontalPodAutoscalerConfig:", "horizontalPodAutoscaler:")]
    [InlineData("stabilizationWindowSeconds:", "stabilisationWindowSeconds:")]
    [InlineData("triggers:", "trigger:")]
    [InlineData("apiVersion: keda.sh/v1alpha1", "apiVersion: keda.sh/v1")]
    [InlineData("minReplicaCount: 1", "minReplicaCount: one")]
    public void What_is_misspelt_of_what_is_not_Kubernetes_own_is_refused_too(string right, string wrong)
    {
        var yaml = Repository.Rendered("autoscaling");
        Assert.Contains(right, yaml);
        Assert.ThrowsAny<Exception>(() => Rendering.Read(yaml.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_change_of_one_field_is_another_rendering()
    {
        var yaml = Repository.Rendered("azurite");
        Assert.NotEqual(Rendering.Read(yaml).Contents(), Rendering.Read(yaml.Replace("replicas: 3", "replicas: 2", StringComparison.Ordinal)).Contents());
    }
}
