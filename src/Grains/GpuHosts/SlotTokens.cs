using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuHosts;

/// <summary>What becomes of a Start.</summary>
public enum StartVerdict
{
    /// <summary>The slot has seen its token, or a higher one.</summary>
    Refused = 0,

    /// <summary>It begins; what ran there before is nobody's any more.</summary>
    Begins = 1,

    /// <summary>It runs already.</summary>
    Runs = 2,
}

/// <summary>A slot's rule, purely: it keeps the highest token that a Start or a Stop ever named, and takes no Start that is not higher.</summary>
/// <param name="Highest">That token; null before the first.</param>
public readonly record struct SlotTokens(LeaseToken? Highest)
{
    /// <summary>What becomes of a Start under this token, <paramref name="running"/> being the token that trains there now.</summary>
    public StartVerdict Judge(LeaseToken token, LeaseToken? running)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.IsHigherThan(Highest) ? StartVerdict.Begins
            : token == Highest && token == running ? StartVerdict.Runs
            : StartVerdict.Refused;
    }

    /// <summary>After a Start or a Stop under this token.</summary>
    public SlotTokens Seen(LeaseToken token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.IsHigherThan(Highest) ? new(token) : this;
    }
}
