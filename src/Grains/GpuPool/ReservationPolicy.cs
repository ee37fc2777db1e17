namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// For whom a device is kept free, purely. A request that needs a device of its own lets others pass that fit, and is not starved by them: once
/// it has waited long enough, nothing more is granted on the device that it is to have. One of each numerics class, the longest waiting, so that
/// no class is ever kept free as a whole but for one device.
/// </summary>
internal static class ReservationPolicy
{
    /// <summary>The requests, longest waiting first.</summary>
    public static IReadOnlyList<WaitingRequest> Choose(IEnumerable<WaitingRequest> waiting, TimeSpan now, TimeSpan reserveAfter) =>
    [
        .. waiting.Where(w => w.Request.AvoidHosts.Length > 0 && now - w.Since >= reserveAfter)
            .GroupBy(w => w.Request.NumericsClass, StringComparer.Ordinal)
            .Select(g => g.MinBy(w => (w.Since, w.Arrival))!)
            .OrderBy(w => w.Since).ThenBy(w => w.Arrival),
    ];
}
