using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Grains.Sweeps;

/// <summary>Lists the sweeps: the index says which, each sweep says how it stands.</summary>
[GrainType("sweep-index"), Orleans.Concurrency.StatelessWorker]
internal sealed class SweepIndexGrain(SweepIndexTable index) : Grain, ISweepIndexGrain
{
    /// <inheritdoc/>
    public async Task<SweepSnapshot[]> List(CancellationToken cancellationToken = default)
    {
        var names = await index.ListAsync(cancellationToken);
        var sweeps = await Task.WhenAll(names.Select(n => GrainFactory.GetGrain<ISweepGrain>(n).Describe()));
        return [.. sweeps.OfType<SweepSnapshot>().OrderByDescending(s => s.CreatedAt)];
    }
}
