using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Verification;

namespace SmallBatch.Grains.Sweeps;

/// <summary>What the store holds of the sweep, compared with itself.</summary>
internal sealed partial class SweepGrain
{
    /// <inheritdoc/>
    public async Task<SweepVerification?> Verify(CancellationToken cancellationToken = default)
    {
        if (State.SweepId is not { } sweepId || plan is null)
        {
            return null;
        }

        var stored = await reader.ReadAsync(Name, State, plan, cancellationToken);
        var found = SweepComparison.Of(stored);
        if (found.Count > 0)
        {
            // Rows and blobs are read one after the other while the sweep goes on: what does not agree must do so twice.
            var again = SweepComparison.Of(await reader.ReadAsync(Name, State, plan, cancellationToken)).ToHashSet();
            found = [.. found.Where(again.Contains)];
        }

        return new(sweepId, stored.Configurations.Count, stored.Results.Count, stored.Attempts.Count, stored.Rows.Count, stored.Checkpoints.Count, stored.Logs.Count, [.. found]);
    }
}
