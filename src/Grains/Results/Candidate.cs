using SmallBatch.Contracts.Results;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>A batch size that may be the best, at its selected η̃.</summary>
/// <param name="Cell">What it is judged by: its fresh seeds, or without them the seeds that selected it.</param>
/// <param name="Results">The replicas of that cell.</param>
internal sealed record Candidate(CellSummary Cell, IReadOnlyList<ReplicaResult> Results)
{
    /// <summary>m.</summary>
    public int BatchSize => Cell.BatchSize;

    /// <summary>
    /// A cell's scores as a sample. Scores are counts of images: equal ones are known to within rounding, so a deviation is
    /// never taken to be below that of rounding, 1/(√12·T) for T images that it was scored on. Where the first n₀ fixed how many there are, they
    /// alone say the spread, with n₀ − 1 degrees of freedom: the sample has the variance s₀²/n of its mean.
    /// </summary>
    public static Sample Sample(CellSummary cell, int images)
    {
        var deviation = Math.Max(cell.FirstDeviation ?? cell.StandardDeviation ?? double.NaN, 1 / (Math.Sqrt(12) * images));
        return cell.First is { } first ? new(first, cell.Mean!.Value, deviation * Math.Sqrt(first / (double)cell.Trained)) : new(cell.Trained, cell.Mean!.Value, deviation);
    }

    /// <summary>The share of replicas that were right, one a test image; null where they are not stored.</summary>
    public double[]? Shares(int testImages) => Results.Count > 0 && testImages > 1 && Results.All(r => r.TestCorrect?.Length >= (testImages + 7) / 8)
        ? TestImages.Shares([.. Results.Select(r => r.TestCorrect!)], testImages)
        : null;
}
