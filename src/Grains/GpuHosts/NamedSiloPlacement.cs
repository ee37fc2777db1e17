using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace SmallBatch.Grains.GpuHosts;

/// <summary>Placement on the silo whose full address is the grain's key.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("smallbatch.named-silo")]
public sealed class NamedSiloPlacement : PlacementStrategy
{
    /// <summary>The one instance that is needed.</summary>
    public static NamedSiloPlacement Instance { get; } = new();
}

/// <summary>Places a grain on the silo that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnNamedSiloAttribute() : PlacementAttribute(NamedSiloPlacement.Instance);

/// <summary>Accepts that silo or fails: a host's grain can never be activated on a machine without its devices.</summary>
public sealed class NamedSiloPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var wanted = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(wanted)
            ? Task.FromResult(wanted)
            : throw new OrleansException($"The host {wanted} is no active member of the cluster; its grain runs nowhere else.");
    }
}
