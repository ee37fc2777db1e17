using k8s.Models;
using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>A backup is of the store that the silos use, by the same service's name, into a folder of its own on a volume that stays.</summary>
internal sealed class BackupsAreKept : IPolicy
{
    private const string Identity = "azure.workload.identity/use";

    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        var silo = rendering.Silos.First();
        foreach (var workload in rendering.Workloads)
        {
            foreach (var container in workload.Containers.Where(c => c.Args is ["store", "backup", ..]))
            {
                var mount = container.VolumeMounts.FirstOrDefault(m => container.Args[2] == $"{m.MountPath}/$(POD_NAME)");
                if (mount is not { ReadOnlyProperty: not true } || workload.Pod.Volumes.Single(v => v.Name == mount.Name).PersistentVolumeClaim is not { ReadOnlyProperty: not true }
                    || container.Env.FirstOrDefault(e => e.Name == "POD_NAME")?.ValueFrom?.FieldRef?.FieldPath != "metadata.name")
                {
                    yield return $"{workload.Name}: found folder {container.Args[2]}, wanted one named as the pod, on a claim that can be written";
                }

                var (own, theirs) = (Store(rendering, container), Store(rendering, silo.Silo));
                if (own.Count == 0 || !own.SequenceEqual(theirs) || workload.Template.Metadata.Labels.ContainsKey(Identity) != silo.Template.Metadata.Labels.ContainsKey(Identity))
                {
                    yield return $"{workload.Name}: found store {string.Join(", ", own.Keys)}, wanted the silos' ({string.Join(", ", theirs.Keys)}), reached as they reach it";
                }
            }
        }
    }

    private static SortedDictionary<string, string?> Store(Rendering rendering, V1Container container) => new(
        SiloProgram.Variables(rendering, container).Where(v => v.Key.StartsWith("SMALLBATCH_Storage__", StringComparison.Ordinal) || v.Key == "SMALLBATCH_Cluster__ServiceId").ToDictionary(),
        StringComparer.Ordinal);
}
