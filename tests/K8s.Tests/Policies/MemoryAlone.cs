using SmallBatch.K8s.Tests.Objects;

namespace SmallBatch.K8s.Tests.Policies;

/// <summary>Memory is limited to what is requested; cores are requested and never limited, since throttling freezes a silo's heartbeats.</summary>
internal sealed class MemoryAlone : IPolicy
{
    /// <inheritdoc/>
    public IEnumerable<string> Complaints(Rendering rendering)
    {
        foreach (var (workload, container) in rendering.Workloads.SelectMany(w => w.Containers.Select(c => (w, c))))
        {
            var requests = container.Resources?.Requests?.ToDictionary(r => r.Key, r => r.Value.ToDecimal()) ?? [];
            var limits = container.Resources?.Limits?.ToDictionary(r => r.Key, r => r.Value.ToDecimal()) ?? [];
            if (requests.GetValueOrDefault("cpu") <= 0 || limits.ContainsKey("cpu"))
            {
                yield return $"{workload.Name}, {container.Name}: wanted a request of cores, and no limit";
            }

            if (requests.GetValueOrDefault("memory") <= 0)
            {
                yield return $"{workload.Name}, {container.Name}: wanted a request of memory";
            }

            foreach (var name in requests.Keys.Union(limits.Keys).Where(n => n != "cpu" && requests.GetValueOrDefault(n) != limits.GetValueOrDefault(n)))
            {
                yield return $"{workload.Name}, {container.Name}: found a request of {requests.GetValueOrDefault(name)} and a limit of {limits.GetValueOrDefault(name)} of {name}, wanted the same";
            }
        }
    }
}
