using SmallBatch.Pictures;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Reports.Claims;

/// <summary>Claims about one thing that differs between two sweeps.</summary>
internal static class Pairs
{
    /// <summary>Of the one-sided tests of these claims.</summary>
    public const double Level = 0.05;

    /// <summary>What every fitting pair says; where there is none, what is wanted.</summary>
    public static IReadOnlyList<Finding> Judge(
        IReadOnlyList<SweepEvidence> sweeps, Func<SweepEvidence, SweepEvidence, bool> fits, Func<SweepEvidence, SweepEvidence, (Verdict, string)> judge, string wanted)
    {
        var pairs = sweeps.SelectMany(a => sweeps.Where(b => b != a && fits(a, b)), (a, b) => (A: a, B: b)).ToList();
        return pairs.Count == 0
            ? [new(Verdict.Untested, string.Join(", ", sweeps.Select(s => s.Name)), $"it needs {wanted}")]
            : [.. pairs.Select(p => Finding(p.A, p.B, judge))];
    }

    /// <summary>Whether two sweeps agree in everything that is trained but for the axes and what <paramref name="levelled"/> makes equal.</summary>
    public static bool Agree(SweepEvidence a, SweepEvidence b, Func<SweepSpec, SweepSpec> levelled) =>
        SweepAgreement.Text(a.Results, levelled) is { } text && text == SweepAgreement.Text(b.Results, levelled);

    private static Finding Finding(SweepEvidence a, SweepEvidence b, Func<SweepEvidence, SweepEvidence, (Verdict, string)> judge)
    {
        var names = $"{a.Name}, {b.Name}";
        if (!a.IsComplete || !b.IsComplete || a.Best is null || b.Best is null)
        {
            return new(Verdict.Untested, names, "not both sweeps are complete with a batch size at which every seed trained");
        }

        var (verdict, reason) = judge(a, b);
        return new(verdict, names, reason);
    }
}
