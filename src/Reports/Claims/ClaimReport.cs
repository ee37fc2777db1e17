namespace SmallBatch.Reports.Claims;

/// <summary>One of the paper's claims with everything that the sweeps say about it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Claim">The claim, in our words.</param>
/// <param name="Findings">What each sweep or pair says.</param>
public sealed record ClaimReport(int Number, string Claim, IReadOnlyList<Finding> Findings)
{
    /// <summary>Contradicted where any finding contradicts, since the paper claims it of every network; else confirmed where any confirms.</summary>
    public Verdict Verdict => Findings.Any(f => f.Verdict == Verdict.Contradicted) ? Verdict.Contradicted
        : Findings.Any(f => f.Verdict == Verdict.Confirmed) ? Verdict.Confirmed
        : Verdict.Untested;
}
