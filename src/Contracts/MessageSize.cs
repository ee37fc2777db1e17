namespace SmallBatch.Contracts;

/// <summary>How large a message between a console and a silo may be.</summary>
public static class MessageSize
{
    /// <summary>
    /// Bytes. The results of ten thousand configurations of five replicas with curves of 80 epochs are about a quarter of it
    /// (docs/benchmarks.md); Orleans' own limit of 100 MiB is less than they are.
    /// </summary>
    public const int Most = 1 << 30;
}
