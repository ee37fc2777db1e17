using System.Globalization;

namespace SmallBatch.Contracts.GpuPool;

/// <summary>
/// The fencing token of a lease. It grows for ever by (epoch, sequence), and the random id tells apart two that a store
/// which lost its last seconds would number alike.
/// </summary>
/// <param name="Epoch">Rises with each activation of the pool.</param>
/// <param name="Sequence">Rises with each lease within an epoch.</param>
/// <param name="Id">128 random bits.</param>
[GenerateSerializer, Immutable, Alias("smallbatch.lease-token")]
public sealed record LeaseToken(long Epoch, long Sequence, Guid Id)
{
    /// <summary>Whether this token was given out later than <paramref name="other"/>; every token is later than none.</summary>
    public bool IsHigherThan(LeaseToken? other) =>
        other is null || (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence)) > 0;

    /// <summary><c>{epoch}-{sequence}-{id}</c>, fixed width, so that text order is token order.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch:D10}-{Sequence:D10}-{Id:N}");
}
