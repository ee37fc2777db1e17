using System.Globalization;
using SmallBatch.Pictures;
using SmallBatch.Specs.Settings;
using SmallBatch.Statistics;

namespace SmallBatch.Reports.Claims;

/// <summary>Claim 10: the slope of log variance against log m, one number a seed, against 1.</summary>
internal static class VarianceIsLinear
{
    /// <summary>Slopes as near to 1 as this are taken for it.</summary>
    private const double Near = 0.1;
    private const double Level = 0.95;

    public static Finding Judge(SweepEvidence sweep)
    {
        Finding Is(Verdict verdict, string reason) => new(verdict, sweep.Name, reason);
        var slopes = VarianceFigures.Slopes(sweep.Figures);
        if (slopes.Count == 0)
        {
            return Is(Verdict.Untested, "the update's variance was not measured");
        }

        var sample = Sample.Of([.. slopes]);
        var interval = StudentInterval.Of(sample, Level);
        var numbers = string.Create(CultureInfo.InvariantCulture, $"log variance grows with log m at a slope of {sample.Mean:F3}{(interval is { } i ? $", 95 % {i.Low:F3} to {i.High:F3}" : "")}, {slopes.Count} seed{(slopes.Count == 1 ? "" : "s")}");
        if (sweep.Spec is not { BatchNorm: BatchNormalisation.None })
        {
            return Is(Verdict.Untested, $"{numbers}, but batch normalisation makes the loss depend on m: it needs a network without");
        }

        return interval is not { } known ? Is(Verdict.Untested, $"{numbers}: it needs two seeds")
            : known.Low > 1 - Near && known.High < 1 + Near ? Is(Verdict.Confirmed, numbers)
            : known.High < 1 - Near || known.Low > 1 + Near ? Is(Verdict.Contradicted, numbers)
            : Is(Verdict.Untested, $"{numbers}: the interval is not within {Near.ToString(CultureInfo.InvariantCulture)} of 1");
    }
}
