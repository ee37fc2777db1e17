using System.Text.RegularExpressions;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>An image is named with its registry and a version, never latest: a pod that starts anew is the same pod.</summary>
internal sealed partial class FixedTags : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) =>
        from workload in rendering.Workloads
        from container in workload.Containers
        where !Fixed().IsMatch(container.Image)
        select $"{workload.Name}, {container.Name}: found image {container.Image}, wanted registry/name:version";

    [GeneratedRegex(@"^[a-z0-9.-]+\.[a-z]+/[a-z0-9/-]+:\d+\.\d+\.\d+[a-z0-9.-]*$")]
    private static partial Regex Fixed();
}
