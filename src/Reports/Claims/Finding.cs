namespace SmallBatch.Reports.Claims;

/// <summary>What one sweep, or a pair that differs in one thing, says about a claim.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Sweeps">Whose results these are.</param>
/// <param name="Reason">The numbers, or what is missing, in one sentence without its full stop.</param>
public sealed record Finding(Verdict Verdict, string Sweeps, string Reason);
