namespace SmallBatch.Specs.Sweeps;

/// <summary>How the variance of the update is measured (design section 8; paper's claim 10).</summary>
/// <param name="At">Fractions of all updates, ascending, 0 to 1; at 0 all cells of equal replica have the same weights.</param>
/// <param name="Batches">Independent batches for each batch size; at least 2, default 64.</param>
/// <param name="BatchSizes">Batch sizes measured, ascending; empty for those of the sweep that are at most half of the training set.</param>
public sealed record UpdateVarianceSpec(IReadOnlyList<double> At, int Batches, IReadOnlyList<int> BatchSizes);
