using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Reports;

/// <summary>
/// Results of different numerics classes differ in their bits by the hardware alone, so that a difference between two sweeps is not
/// one of what was asked for.
/// </summary>
public static class NumericsClasses
{
    /// <summary>Why these sweeps are not taken together unless that is asked for, and simulated ones beside trained ones never; null where nothing speaks against it.</summary>
    public static string? Refusal(IReadOnlyList<SweepResults> sweeps, bool mixed = false)
    {
        ArgumentNullException.ThrowIfNull(sweeps);
        if (sweeps.Where(s => s.Sweep.NumericsClass is not null).Select(s => SimulatedNumerics.Is(s.Sweep.NumericsClass)).Distinct().Count() > 1)
        {
            return $"found simulated sweeps ({Named(true)}) beside trained ones ({Named(false)}), wanted one or the other; --mixed does not take these together";
        }

        var classes = sweeps.Where(s => s.Sweep.NumericsClass is not null).Select(s => s.Sweep.NumericsClass).Distinct().Count();
        return mixed || classes < 2
            ? null
            : $"found sweeps of different numerics classes ({string.Join("; ", sweeps.Select(s => $"{s.Sweep.Name}: {s.Sweep.NumericsClass ?? "none yet"}"))}), wanted one, or --mixed to take them together all the same";

        string Named(bool simulated) => string.Join(", ", sweeps.Where(s => s.Sweep.NumericsClass is not null && SimulatedNumerics.Is(s.Sweep.NumericsClass) == simulated).Select(s => s.Sweep.Name));
    }
}
