using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.Checkpoints;
using SmallBatch.Grains.Configurations;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Results;
using SmallBatch.Grains.Sweeps;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Verification;

/// <summary>Reads everything that the store holds of a sweep, and writes nothing.</summary>
internal sealed class SweepReader(
    IGrainFactory grains,
    ConfigurationRows rows,
    ResultTable results,
    AttemptTable attempts,
    SweepIndexTable index,
    ICheckpointStore checkpoints,
    IAttemptLogs logs,
    IOptions<CollectorOptions> collector,
    TimeProvider time)
{
    /// <summary>Passes of the collector that may fail before what it left counts as left for good.</summary>
    private const int LatePasses = 4;

    /// <summary>
    /// One reading. What is written later is read first, so that a sweep which goes on meanwhile seems to have less than it has,
    /// and not to lack what was there.
    /// </summary>
    public async Task<StoredSweep> ReadAsync(string name, SweepState state, SweepPlan plan, CancellationToken cancellationToken)
    {
        var sweepId = state.SweepId!;
        var stored = new ConcurrentDictionary<string, StoredConfiguration>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            await rows.KeysAsync(sweepId, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (key, token) => stored[key] = await rows.ReadAsync(key, token));

        var damaged = new List<DamagedRow>();
        var pool = await grains.GetGrain<IGpuPoolGrain>(GpuPoolOptions.DefaultPool).Describe();
        var ends = await attempts.ListAsync(sweepId, cancellationToken, damaged);
        var outcomes = await results.ListAsync(sweepId, cancellationToken, damaged);
        var blobs = await checkpoints.ListAsync($"{sweepId}.", cancellationToken).ToListAsync(cancellationToken);
        var referred = stored.Values.SelectMany(r => CollectionPolicy.References(r.State)).Select(r => r.BlobName).Intersect(blobs.Select(b => b.Name)).ToList();
        var hashes = new Dictionary<string, string>();
        foreach (var blob in referred)
        {
            if (await checkpoints.HashAsync(blob, cancellationToken) is { } hash)
            {
                hashes[blob] = hash;
            }
        }

        var shorter = ShorterBudgets.Of(state, plan.Dataset);
        return new(name, state, plan)
        {
            Configurations = SweepConfigurations.Of(plan, state),
            Shorter = shorter,
            Known = shorter.SelectMany(s => SweepConfigurations.Possible(s.Plan, s.State)).Concat(SweepConfigurations.Possible(plan, state)).ToHashSet(StringComparer.Ordinal),
            Rows = stored,
            Attempts = ends,
            Results = outcomes,
            Damaged = damaged,
            Checkpoints = blobs,
            Hashes = hashes,
            Logs = await logs.ListAsync(sweepId, cancellationToken),
            Leases = [.. pool.Leases.Where(l => l.SweepId == sweepId).Select(l => l.Lease)],
            Indexed = await index.FindAsync(name, cancellationToken),
            JustCompleted = state.CompletedAt is { } at && time.GetUtcNow() - at < collector.Value.Period * LatePasses,
            SpareFor = collector.Value.SpareFor + (collector.Value.Period * LatePasses),
        };
    }
}
