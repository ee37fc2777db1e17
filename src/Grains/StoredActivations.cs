using System.Runtime.CompilerServices;
using Orleans.Metadata;

namespace SmallBatch.Grains;

/// <summary>
/// Knows this silo's activations of our grains, so that all of them can be dropped: what they remember of the store is then
/// read again by the next ones.
/// </summary>
public sealed class StoredActivations : IConfigureGrainContextProvider, IConfigureGrainContext
{
    private readonly ConditionalWeakTable<IGrainContext, object?> activations = [];

    /// <inheritdoc/>
    public bool TryGetConfigurator(GrainType grainType, GrainProperties properties, out IConfigureGrainContext configurator)
    {
        ArgumentNullException.ThrowIfNull(properties);
        configurator = this;
        return properties.Properties.TryGetValue(WellKnownGrainTypeProperties.FullTypeName, out var name)
            && name.StartsWith(typeof(StoredActivations).Namespace!, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Configure(IGrainContext context) => activations.AddOrUpdate(context, null);

    /// <summary>Asks every one to end after its current turn; the next message makes a new one. Answers how many there were.</summary>
    public int Drop(string reason)
    {
        var count = 0;
        foreach (var (activation, _) in activations)
        {
            if (!activation.Deactivated.IsCompleted)
            {
                activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, reason), CancellationToken.None);
                count++;
            }
        }

        return count;
    }
}
