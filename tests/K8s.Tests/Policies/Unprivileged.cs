using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Nothing runs as root, may become it, or has a capability; the root file system is read-only.</summary>
internal sealed class Unprivileged : IPolicy
{
    private const long User = 65532;

    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering) => rendering.Workloads.SelectMany(w => OfPod(w).Concat(w.Containers.SelectMany(c => OfContainer(w, c))));

    private static IEnumerable<string> OfPod(Workload workload)
    {
        var context = workload.Pod.SecurityContext;
        if (context is not { RunAsNonRoot: true, RunAsUser: User, RunAsGroup: User, FsGroup: User, SeccompProfile.Type: "RuntimeDefault" })
        {
            yield return $"{workload.Name}: found user {context?.RunAsUser}, group {context?.RunAsGroup}, volumes' group {context?.FsGroup}, runAsNonRoot {context?.RunAsNonRoot}, seccomp {context?.SeccompProfile?.Type}, wanted {User}, never root, RuntimeDefault";
        }

        if (workload.Pod is { HostNetwork: true } or { HostPID: true } or { HostIPC: true } || workload.Pod.Volumes.Any(v => v.HostPath is not null))
        {
            yield return $"{workload.Name}: found the host's network, processes or files, wanted none of them";
        }
    }

    private static IEnumerable<string> OfContainer(Workload workload, V1Container container)
    {
        if (container.SecurityContext is not { ReadOnlyRootFilesystem: true, AllowPrivilegeEscalation: false, Privileged: not true, RunAsUser: null, RunAsNonRoot: null, Capabilities: { Drop: ["ALL"], Add: null } })
        {
            yield return $"{workload.Name}, {container.Name}: wanted a read-only root file system, no escalation, no capabilities, and the pod's user";
        }
    }
}
