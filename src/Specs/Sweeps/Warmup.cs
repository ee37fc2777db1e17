namespace SmallBatch.Specs.Sweeps;

/// <summary>A linear rise of the learning rate, step by step (paper section 3.4: from η/32 over the first 5 %).</summary>
/// <param name="Fraction">Fraction of all updates that it takes, in (0, 1).</param>
/// <param name="From">Fraction of η that it begins at, 0 to 1.</param>
public sealed record Warmup(double Fraction, double From);
