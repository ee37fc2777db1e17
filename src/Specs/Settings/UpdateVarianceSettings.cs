namespace SmallBatch.Specs.Settings;

/// <summary>
/// How the variance of the update is measured (the paper's claim that it is proportional to η̃²·m): at each of these moments,
/// all batch sizes at the same weights, each over as many independent batches.
/// </summary>
/// <param name="Updates">Numbers of updates done, ascending; 0 is before the first.</param>
/// <param name="Batches">Independent batches for each batch size, at least 2.</param>
/// <param name="BatchSizes">Batch sizes, ascending, each at most half of the training set.</param>
public sealed record UpdateVarianceSettings(IReadOnlyList<long> Updates, int Batches, IReadOnlyList<int> BatchSizes);
