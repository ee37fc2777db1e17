using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Silo.Health;

/// <summary>What membership says of hosts.</summary>
internal sealed class HostLiveness(IClusterMembershipService membership) : IHostLiveness
{
    /// <inheritdoc/>
    public bool MayBeAlive(string host) =>
        StatusOf(host) is not (null or SiloStatus.Dead);

    /// <inheritdoc/>
    public bool IsDead(string host) => StatusOf(host) == SiloStatus.Dead;

    private SiloStatus? StatusOf(string host) =>
        membership.CurrentSnapshot.Members.TryGetValue(SiloAddress.FromParsableString(host), out var member) ? member.Status : null;
}
