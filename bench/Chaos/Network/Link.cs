namespace SmallBatch.Bench.Chaos.Network;

/// <summary>What becomes of packets from one address to another.</summary>
/// <param name="Cut">Whether all of them are dropped, silently, as by a broken switch.</param>
/// <param name="Delay">How long each one takes.</param>
/// <param name="Loss">Fraction that is dropped, 0 to 1.</param>
internal readonly record struct Link(bool Cut, TimeSpan Delay, double Loss)
{
    /// <summary>A link that drops everything.</summary>
    public static Link Broken { get; } = new(true, TimeSpan.Zero, 0);
}
