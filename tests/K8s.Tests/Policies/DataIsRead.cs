using k8s.Models;
using SmallBatch.K8s.Tests.Objects;
using SmallBatch.Silo.Settings;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Silos read the datasets where the volume is mounted, cannot write there, and write only where they can.</summary>
internal sealed class DataIsRead : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        foreach (var silo in rendering.Silos)
        {
            var program = SiloProgram.Wire(rendering, silo.Silo);
            var settings = program.Get<TrainerSettings>();
            if (Mount(silo, settings.DataRoot) is not ({ ReadOnlyProperty: true }, { PersistentVolumeClaim: { ClaimName: "smallbatch-data", ReadOnlyProperty: true } }))
            {
                yield return $"{silo.Name}: wanted the claim smallbatch-data mounted read-only at {settings.DataRoot}";
            }

            string?[] written = [settings.WorkRoot, SiloProgram.Variables(rendering, silo.Silo).GetValueOrDefault("XDG_CACHE_HOME"), "/tmp"];
            foreach (var folder in written.Where(w => Mount(silo, w) is not ({ ReadOnlyProperty: not true }, { EmptyDir.SizeLimit: not null })))
            {
                yield return $"{silo.Name}: wanted a bounded emptyDir to write at {folder ?? "XDG_CACHE_HOME"}";
            }
        }
    }

    private static (V1VolumeMount?, V1Volume?) Mount(Workload silo, string? path)
    {
        var mount = silo.Silo.VolumeMounts.FirstOrDefault(m => path is not null && $"{path}/".StartsWith($"{m.MountPath}/", StringComparison.Ordinal));
        return (mount, silo.Pod.Volumes.FirstOrDefault(v => v.Name == mount?.Name));
    }
}
