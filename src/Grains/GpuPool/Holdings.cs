namespace SmallBatch.Grains.GpuPool;

/// <summary>Who holds how many slots.</summary>
/// <param name="Teams">Slots by team.</param>
/// <param name="Sweeps">Slots by team and sweep.</param>
/// <param name="LastHeld">When a sweep last gave a slot back, on the pool's clock.</param>
internal sealed record Holdings(
    IReadOnlyDictionary<string, int> Teams,
    IReadOnlyDictionary<(string Team, string Sweep), int> Sweeps,
    IReadOnlyDictionary<string, TimeSpan> LastHeld);
