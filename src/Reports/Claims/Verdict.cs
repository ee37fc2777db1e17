namespace SmallBatch.Reports.Claims;

/// <summary>What results say about a claim.</summary>
public enum Verdict
{
    /// <summary>Nothing that would decide it.</summary>
    Untested,

    /// <summary>It holds here.</summary>
    Confirmed,

    /// <summary>It does not hold here.</summary>
    Contradicted,
}
