using SmallBatch.K8s.Tests.Objects;
using SmallBatch.Silo.Settings;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>A pod is given longer to end than preStop, the drain and leaving the cluster may take.</summary>
internal sealed class StopsInTime : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        foreach (var silo in rendering.Silos)
        {
            var program = SiloProgram.Wire(rendering, silo.Silo);
            var before = TimeSpan.FromSeconds(silo.Silo.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0);
            var given = TimeSpan.FromSeconds(silo.Pod.TerminationGracePeriodSeconds ?? 0);
            if (program.StopsWithin <= program.Get<TrainerSettings>().DrainLimit || given <= before + program.StopsWithin)
            {
                yield return $"{silo.Name}: found a grace of {given.TotalSeconds} s, wanted more than preStop {before.TotalSeconds} s and the silo's own {program.StopsWithin.TotalSeconds} s";
            }

            if (silo.Silo.Lifecycle?.PreStop is { Sleep: null })
            {
                yield return $"{silo.Name}: found a preStop that runs a program, wanted sleep, which needs none in the image";
            }
        }
    }
}
