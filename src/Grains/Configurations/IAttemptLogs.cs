namespace SmallBatch.Grains.Configurations;

/// <summary>The logs of ended attempts; implemented by the silo.</summary>
public interface IAttemptLogs
{
    /// <summary>The log of the attempt under this token, or null.</summary>
    Task<string?> ReadAsync(string configurationKey, int attempt, CancellationToken cancellationToken);

    /// <summary>A fresh listing of a sweep's logs: names of the form <c>{configuration}/{attempt}.log</c>.</summary>
    Task<IReadOnlyList<string>> ListAsync(string sweepId, CancellationToken cancellationToken);

    /// <summary>For a sweep that is being deleted: deletes up to so many of its logs. True where there were any.</summary>
    Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken);
}
