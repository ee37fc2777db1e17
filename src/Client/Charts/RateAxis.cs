using SmallBatch.Client.Views;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Client.Charts;

/// <summary>The grid's cells and axes as charts take them.</summary>
internal sealed class RateAxis
{
    /// <summary>Reads them.</summary>
    public RateAxis(SweepResults results)
    {
        Grid = [.. results.Analysis.Cells.Where(c => c.Stage == Stage.Grid)];
        BatchSizes = [.. Grid.Select(c => c.BatchSize).Distinct().Order()];
        Rates = Format.Axis(Grid.Select(c => c.BaseLearningRate));
    }

    /// <summary>The grid's cells.</summary>
    public IReadOnlyList<CellSummary> Grid { get; }

    /// <summary>Every m, ascending.</summary>
    public IReadOnlyList<int> BatchSizes { get; }

    /// <summary>Every η̃, ascending.</summary>
    public IReadOnlyList<string> Rates { get; }

    /// <summary>log₂ of an η̃.</summary>
    public static double Log2(string rate) => BaseLearningRate.TryParse(rate, out var value) ? value!.Log2 : double.NaN;

    /// <summary>A finite mean, per cent; else null.</summary>
    public static double? Mean(CellSummary? cell) => cell is { Complete: true, Mean: { } mean } && double.IsFinite(mean) ? 100 * mean : null;
}
