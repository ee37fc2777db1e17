using SmallBatch.Client;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>What Jobs ask of the console is what the console takes; <c>store</c> is the silo's too, in the same words.</summary>
internal sealed class VerbsAgree : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) =>
        from workload in rendering.Workloads
        from container in workload.Containers
        where container.Image.Contains("/smallbatch-client:", StringComparison.Ordinal) || (container.Name != "silo" && container.Image.Contains("/smallbatch-silo", StringComparison.Ordinal))
        from complaint in SmallBatchConsole.Parse([.. container.Args], new(SmallBatchConsole.StandardOutput(), TextWriter.Null, TimeProvider.System)).Wrong
        select $"{workload.Name}, {container.Name}: {complaint}";
}
