using SmallBatch.Contracts.Results;

namespace SmallBatch.Reports;

/// <summary>
/// Results of different numerics classes differ in their bits by the hardware alone, so that a difference between two sweeps is not
/// one of what was asked for.
/// </summary>
public static class NumericsClasses
{
    /// <summary>Why these sweeps are not taken together unless that is asked for; null where nothing speaks against it.</summary>
    public static string? Refusal(IReadOnlyList<SweepResults> sweeps)
    {
        ArgumentNullException.ThrowIfNull(sweeps);
        var classes = sweeps.Where(s => s.Sweep.NumericsClass is not null).Select(s => s.Sweep.NumericsClass).Distinct().Count();
        return classes < 2
            ? null
            : $"found sweeps of different numerics classes ({string.Join("; ", sweeps.Select(s => $"{s.Sweep.Name}: {s.Sweep.NumericsClass ?? "none yet"}"))}), wanted one, or --mixed to take them together all the same";
    }
}
