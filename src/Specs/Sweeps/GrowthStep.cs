namespace SmallBatch.Specs.Sweeps;

/// <summary>A moment at which the batch grows while η stays.</summary>
/// <param name="At">Fraction of the epochs, in (0, 1); rounded to a whole epoch.</param>
/// <param name="Factor">By how much, at least 2.</param>
public sealed record GrowthStep(double At, int Factor);
