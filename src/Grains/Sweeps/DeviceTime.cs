using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Sweeps;

/// <summary>How long attempts held their slots.</summary>
internal static class DeviceTime
{
    /// <summary>Seconds from start to end of each, whatever became of it; one whose clocks ran backwards counts as none.</summary>
    public static double Seconds(IEnumerable<RunRecord> runs) => runs.Sum(r => Math.Max(0, (r.EndedAt - r.StartedAt).TotalSeconds));
}
