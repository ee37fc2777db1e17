using System.Reflection;
using Orleans.Concurrency;
using SmallBatch.Contracts.Releases;

namespace SmallBatch.Grains.Releases;

/// <summary>Tells which release this silo is: on each silo one of its own, so that the one that is asked answers for itself.</summary>
[GrainType("release"), StatelessWorker]
internal sealed class ReleaseGrain : Grain, IReleaseGrain
{
    private static readonly ReleaseSnapshot Own = new(
        typeof(ReleaseGrain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0], ReleaseFormat.Current);

    /// <inheritdoc/>
    public Task<ReleaseSnapshot> Describe() => Task.FromResult(Own);
}
