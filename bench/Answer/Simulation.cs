using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;

namespace SmallBatch.Bench.Answer;

/// <summary>What one simulated sweep's answer claimed, against the truth.</summary>
/// <param name="Intervals">Intervals that were given.</param>
/// <param name="Covering">Those that hold the true mean of their cell.</param>
/// <param name="WinnerCovers">Whether the interval of the batch size that was named does.</param>
/// <param name="HoldsBest">Whether the named one and those not told from it hold the batch size with the best true mean at its best η̃.</param>
/// <param name="HoldsBestSelected">The same for the best true mean at the selected η̃.</param>
/// <param name="DistancesHold">Whether all intervals of the distance from the best hold, together.</param>
/// <param name="SetSize">Batch sizes named or not told from it.</param>
internal sealed record Claims(int Intervals, int Covering, bool WinnerCovers, bool HoldsBest, bool HoldsBestSelected, bool DistancesHold, int SetSize);

/// <summary>Simulates sweeps as they run: a grid, the selection of an η̃ for each batch size, fresh seeds there.</summary>
internal static class Simulation
{
    /// <summary>One sweep with <paramref name="seeds"/> a cell and as many fresh ones, or none.</summary>
    public static Claims Run(Scenario scenario, int seeds, bool confirm, int number)
    {
        var random = new MersenneTwister(number + 1);
        var grid = scenario.BatchSizes.SelectMany(t => Enumerable.Range(0, Scenario.Rates).SelectMany(r => Cell(Stage.Grid, t, r))).ToArray();
        var selected = Analyst.Analyse(Sweep(seeds, 0), Plan([]), grid).BatchSizes.ToDictionary(b => b.BatchSize, b => Index(b.BestBaseLearningRate!));
        if (!confirm)
        {
            return Judge(Analyst.Analyse(Sweep(seeds, 0), Plan([]), grid));
        }

        ReplicaResult[] fresh = [.. scenario.BatchSizes.SelectMany(t => Cell(Stage.Confirm, t, selected[t.BatchSize]))];
        return Judge(Analyst.Analyse(Sweep(seeds, seeds), Plan(selected), [.. grid, .. fresh]));

        IEnumerable<ReplicaResult> Cell(Stage stage, Truth truth, int rate)
        {
            for (var r = 0; r < seeds; r++)
            {
                var diverged = random.NextDouble() < Scenario.Diverging(rate);
                double? score = diverged ? null : Normal.Sample(random, scenario.Mean(truth, rate), truth.Deviation);
                yield return new(stage, truth.BatchSize, Rate(rate), "", r, diverged ? OutcomeKind.Diverged : OutcomeKind.Trained, diverged ? 1 : null, score, score, null, null, 1, [], [], null);
            }
        }

        PlannedConfiguration[] Plan(Dictionary<int, int> winners) =>
        [
            .. scenario.BatchSizes.SelectMany(t => Enumerable.Range(0, Scenario.Rates).Select(r => new PlannedConfiguration("", Stage.Grid, t.BatchSize, Rate(r), "", seeds, 1, 1, 1))),
            .. winners.Select(w => new PlannedConfiguration("", Stage.Confirm, w.Key, Rate(w.Value), "", seeds, 1, 1, 1)),
        ];

        Claims Judge(Analysis analysis)
        {
            var truths = scenario.BatchSizes.ToDictionary(t => t.BatchSize, t => scenario.Mean(t, selected[t.BatchSize]));
            var covering = analysis.BatchSizes.Where(b => b.Confirmed is { } c && c.IntervalLow <= truths[b.BatchSize] && truths[b.BatchSize] <= c.IntervalHigh).Select(b => b.BatchSize).ToList();
            int[] set = [analysis.BestBatchSize!.Value, .. analysis.NotToldApart];
            return new(
                analysis.BatchSizes.Count(b => b.Confirmed?.IntervalLow is not null),
                covering.Count,
                covering.Contains(analysis.BestBatchSize.Value),
                set.Contains(scenario.BatchSizes.MaxBy(t => t.Top)!.BatchSize),
                set.Contains(truths.MaxBy(t => t.Value).Key),
                analysis.BatchSizes.All(b => b.FromBestOfOthers is not { } i || (i.Low <= Distance(b.BatchSize) && Distance(b.BatchSize) <= i.High)),
                set.Length);

            double Distance(int m) => truths[m] - truths.Where(t => t.Key != m).Max(t => t.Value);
        }
    }

    private static SweepSnapshot Sweep(int seeds, int confirm) =>
        new("s", "s-1", "", "simulated", 50_000, 10_000, "none", "1 epochs", seeds, confirm, 0, 0, null, SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, null, null);

    private static string Rate(int index) => string.Create(CultureInfo.InvariantCulture, $"2^{index - 12}");

    private static int Index(string rate) => int.Parse(rate.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 12;
}
