using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Client.Tests;

public sealed class BestCellTests
{
    [Fact]
    public void It_is_the_highest_mean_of_cells_that_have_ended_and_trained_in_every_seed()
    {
        Assert.Null(BestCell.Of([Cell(8, 0.9) with { Status = ConfigurationStatus.Training }]));
        var best = BestCell.Of([Cell(2, 0.7), Cell(8, 0.8, 0.02), Cell(4, 0.9) with { Trained = 1, Diverged = 1 }, Cell(4, 0.95) with { Stage = Stage.Rung }]);
        Assert.Equal("80.0 ± 2.0 % at m = 8, η̃ = 2^-7", $"{best}");
    }

    [Fact]
    public void Fresh_seeds_count_before_the_grid_whose_best_is_too_high() =>
        Assert.Equal("78.0 % at m = 8, η̃ = 2^-7, of fresh seeds", $"{BestCell.Of([Cell(2, 0.81), Cell(8, 0.8), Cell(8, 0.78) with { Stage = Stage.Confirm }])}");

    [Fact]
    public void A_cell_that_was_given_more_replicas_counts_as_one_with_all_of_them()
    {
        // 0.6, 0.8 and later 0.7, 0.9.
        var (first, later) = (Cell(8, 0.7, Math.Sqrt(0.02)), Cell(8, 0.8, Math.Sqrt(0.02)));
        var best = BestCell.Of([first, later, Cell(2, 0.76)])!;
        Assert.Equal((2, 0.76), (best.BatchSize, best.Mean));
        best = BestCell.Of([first, later])!;
        Assert.Equal((0.75, Math.Sqrt(0.05 / 3)), (best.Mean, best.Deviation!.Value), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-12 && Math.Abs(a.Item2 - b.Item2) < 1e-12);
    }

    private static CellStatus Cell(int m, double mean, double? deviation = null) =>
        new($"k{m}", Stage.Grid, m, "2^-7", ConfigurationStatus.Completed, 2, 2, 0, 0, mean, deviation, 2, 2, null, 0, 1, null, null, 0, null, null);
}
