namespace SmallBatch.Client.Doctor;

/// <summary>How something stands.</summary>
internal enum Verdict
{
    /// <summary>As it has to be.</summary>
    Ok,

    /// <summary>It works, and somebody may want to know this.</summary>
    Note,

    /// <summary>A sweep cannot run, or not on everything that is there.</summary>
    Problem,
}

/// <summary>What a check found.</summary>
/// <param name="Check">What was looked at, a word or two.</param>
/// <param name="Verdict">How it stands.</param>
/// <param name="Found">What was found.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Found, string? Remedy = null);
