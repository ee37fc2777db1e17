using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Pictures;
using SmallBatch.Pictures.Drawing;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Statistics;

namespace SmallBatch.Reports.Claims;

/// <summary>A sweep as claims look at it.</summary>
internal sealed class SweepEvidence
{
    public SweepEvidence(SweepResults results)
    {
        Results = results;
        Figures = new(results);
        Spec = SweepSpecReader.Read(results.Sweep.SpecText, results.Sweep.Name).Value;
        BatchSizes = [.. results.Analysis.BatchSizes.OrderBy(b => b.BatchSize)];
    }

    /// <summary>The results.</summary>
    public SweepResults Results { get; }

    /// <summary>What was asked for; null where its text cannot be read.</summary>
    public SweepSpec? Spec { get; }

    /// <summary>The results as pictures take them.</summary>
    public SweepFigures Figures { get; }

    /// <summary>Every m, ascending.</summary>
    public IReadOnlyList<BatchSizeSummary> BatchSizes { get; }

    /// <summary>The sweep's name.</summary>
    public string Name => Results.Sweep.Name;

    /// <summary>The best batch size; null where none can be named.</summary>
    public BatchSizeSummary? Best => BatchSizes.FirstOrDefault(b => b.BatchSize == Results.Analysis.BestBatchSize);

    /// <summary>The largest batch size.</summary>
    public BatchSizeSummary Largest => BatchSizes[^1];

    /// <summary>Whether every cell is there that is to be trained.</summary>
    public bool IsComplete => Results.Analysis.Cells.All(c => c.Complete || c.LeftOutAfter is not null) && Results.Analysis.Rungs.All(r => r.Kept is not null);

    /// <summary>Whether the budget is the paper's: the same epochs for every m.</summary>
    public bool HasEpochBudget => Spec?.Budget.Unit == BudgetUnit.Epochs;

    /// <summary>Whether a batch size is worse than the best for sure: told apart at 5 %, or without a rate at which every seed trains.</summary>
    public bool IsWorse(BatchSizeSummary b) => b.BatchSize != Best?.BatchSize && !Results.Analysis.NotToldApart.Contains(b.BatchSize);

    /// <summary>A cell of the grid, or null.</summary>
    public CellSummary? Cell(int batchSize, string? rate) => Results.Analysis.Cells.FirstOrDefault(c => c.Stage == Stage.Grid && c.BatchSize == batchSize && c.BaseLearningRate == rate);

    /// <summary>The scores that a batch size's mean rests on: those of fresh seeds where they are there.</summary>
    public Sample? Scores(BatchSizeSummary b)
    {
        var scores = (b.Confirmed ?? b.Selected) is { } cell ? Figures.Replicas(cell).Select(r => r.Score).OfType<double>().Where(double.IsFinite).ToList() : [];
        return scores.Count > 0 ? Sample.Of(scores) : null;
    }

    /// <summary>Per cent with one decimal.</summary>
    public static string Percent(double? share) => share is { } s ? (100 * s).ToString("F1", CultureInfo.InvariantCulture) : "-";

    /// <summary>A batch size's mean and deviation: <c>m = 8: 92.1 ± 1.6 % at 2⁻⁵</c>.</summary>
    public static string Told(BatchSizeSummary b) => (b.Confirmed ?? b.Selected) is { } cell
        ? $"m = {b.BatchSize}: {Percent(cell.Mean)}{(cell.StandardDeviation is { } s ? $" ± {Percent(s)}" : "")} % at {Axis.Label(cell.BaseLearningRate)}"
        : $"m = {b.BatchSize}: no base learning rate at which every seed trained";
}
