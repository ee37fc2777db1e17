using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Grains.Results;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Bench.Answer;

/// <summary>What one simulated sweep's answer claimed, against the truth.</summary>
/// <param name="Intervals">Intervals that were given.</param>
/// <param name="Covering">Those that hold the true mean of their cell.</param>
/// <param name="WinnerCovers">Whether the interval of the batch size that was named does.</param>
/// <param name="HoldsBest">Whether the named one and those not told from it hold the batch size with the best true mean at its best η̃.</param>
/// <param name="HoldsBestSelected">The same for the best true mean at the selected η̃.</param>
/// <param name="DistancesHold">Whether all intervals of the distance from the best hold, together.</param>
/// <param name="SetSize">Batch sizes named or not told from it.</param>
/// <param name="Fresh">Fresh seeds a batch size.</param>
internal sealed record Claims(int Intervals, int Covering, bool WinnerCovers, bool HoldsBest, bool HoldsBestSelected, bool DistancesHold, int SetSize, double Fresh);

/// <summary>Simulates sweeps as they run: a grid, the selection of an η̃ for each batch size, fresh seeds there.</summary>
internal static class Simulation
{
    private const int TestImages = 10_000;

    /// <summary>
    /// One sweep with <paramref name="seeds"/> a cell and as many fresh ones, or none; or with fresh ones added to those until
    /// their intervals are as narrow as <paramref name="until"/> asks for; or with <paramref name="stop"/> none where the grid rules a batch
    /// size out.
    /// </summary>
    public static Claims Run(Scenario scenario, int seeds, bool confirm, NarrowingRule? until, bool stop, int number)
    {
        var random = new MersenneTwister(number + 1);
        var grid = scenario.BatchSizes.SelectMany(t => Enumerable.Range(0, Scenario.Rates).SelectMany(r => Cell(Stage.Grid, t, r))).ToArray();
        var chosen = Analyst.Analyse(Sweep(seeds, 0), Plan([]), grid);
        var selected = chosen.BatchSizes.ToDictionary(b => b.BatchSize, b => Index(b.BestBaseLearningRate!));
        if (!confirm)
        {
            return Judge(chosen);
        }

        int[]? ruledOut = stop ? [.. StopPolicy.RuledOut(chosen.Cells, TestImages)] : null;
        var confirmed = scenario.BatchSizes.Where(t => ruledOut?.Contains(t.BatchSize) != true).ToList();
        ReplicaResult[] fresh = [.. confirmed.SelectMany(t => Cell(Stage.Confirm, t, selected[t.BatchSize]))];
        var counts = confirmed.ToDictionary(t => t.BatchSize, _ => seeds);
        if (until is not null)
        {
            var first = fresh.GroupBy(r => (r.BatchSize, r.BaseLearningRate)).Select(c => Summaries.Of(Stage.Confirm, c.Key.BatchSize, c.Key.BaseLearningRate, seeds, [.. c]));
            foreach (var (cell, replicas) in ReplicaPolicy.Fresh(first, until, TestImages))
            {
                counts[cell.BatchSize] = replicas;
            }

            fresh = [.. fresh, .. scenario.BatchSizes.SelectMany(t => Cell(Stage.Confirm, t, selected[t.BatchSize], seeds, counts[t.BatchSize]))];
        }

        return Judge(Analyst.Analyse(Sweep(seeds, seeds, until) with { RuledOut = ruledOut }, Plan(selected, counts), [.. grid, .. fresh]));

        IEnumerable<ReplicaResult> Cell(Stage stage, Truth truth, int rate, int from = 0, int? to = null)
        {
            for (var r = from; r < (to ?? seeds); r++)
            {
                var diverged = random.NextDouble() < Scenario.Diverging(rate);
                double? score = diverged ? null : Normal.Sample(random, scenario.Mean(truth, rate), truth.Deviation);
                yield return new(stage, truth.BatchSize, Rate(rate), "", r, diverged ? OutcomeKind.Diverged : OutcomeKind.Trained, diverged ? 1 : null, score, score, null, null, 1, [], [], null);
            }
        }

        PlannedConfiguration[] Plan(Dictionary<int, int> winners, Dictionary<int, int>? counts = null) =>
        [
            .. scenario.BatchSizes.SelectMany(t => Enumerable.Range(0, Scenario.Rates).Select(r => new PlannedConfiguration("", Stage.Grid, t.BatchSize, Rate(r), "", seeds, 1, 1, 1))),
            .. winners.Where(w => counts!.ContainsKey(w.Key)).Select(w => new PlannedConfiguration("", Stage.Confirm, w.Key, Rate(w.Value), "", counts![w.Key], 1, 1, 1)),
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
                set.Length,
                analysis.BatchSizes.Average(b => b.Confirmed?.Replicas ?? 0));

            double Distance(int m) => truths[m] - truths.Where(t => t.Key != m).Max(t => t.Value);
        }
    }

    private static SweepSnapshot Sweep(int seeds, int confirm, NarrowingRule? until = null) =>
        new("s", "s-1", until is null ? "" : Text(seeds, until), "simulated", 50_000, TestImages, "none", "1 epochs", seeds, confirm, 0, 0, null, SweepPhase.Completed, 1, DateTimeOffset.UnixEpoch, null, null);

    /// <summary>A specification whose rule the analyst reads; the rest of it says nothing here.</summary>
    private static string Text(int seeds, NarrowingRule until) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{ name: s, dataset: synthetic, network: resnet8, batchSizes: [2], baseLearningRates: [1], epochs: 1, confirm: {{ min: {seeds}, max: {until.Max}, until: {until.Until} }} }}");

    private static string Rate(int index) => string.Create(CultureInfo.InvariantCulture, $"2^{index - 12}");

    private static int Index(string rate) => int.Parse(rate.AsSpan(2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 12;
}
