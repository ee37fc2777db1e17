namespace SmallBatch.Bench.Chaos.Strikes;

/// <summary>A strike that was made.</summary>
/// <param name="Kind">Its kind's name.</param>
/// <param name="Victim">Who was struck, for people.</param>
/// <param name="At">When.</param>
/// <param name="Healed">When the cause was gone: thawed, mended, started again.</param>
/// <param name="Leases">Configurations that trained on what was struck, each with its token.</param>
/// <param name="Remark">What was special, or null.</param>
internal sealed record Strike(string Kind, string Victim, DateTimeOffset At, DateTimeOffset Healed, IReadOnlyList<(string Configuration, string Token)> Leases, string? Remark);
