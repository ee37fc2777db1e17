using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Sweeps;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>From rows to what they say; pure.</summary>
internal static class Analyst
{
    /// <summary>Analyses what is stored so far of a sweep with this plan.</summary>
    public static Analysis Analyse(SweepSnapshot sweep, IReadOnlyList<PlannedConfiguration> plan, IReadOnlyList<ReplicaResult> results)
    {
        var byCell = results.ToLookup(r => (r.Stage, r.BatchSize, r.BaseLearningRate));
        var spec = SweepSpecReader.Read(sweep.SpecText, sweep.Name).Value;

        // A cell that was given more replicas later is several configurations.
        var cells = plan.Where(p => p.Stage != Stage.Rung)
            .GroupBy(p => (p.Stage, p.BatchSize, p.BaseLearningRate))
            .Select(c => Summaries.Of(c.Key.Stage, c.Key.BatchSize, c.Key.BaseLearningRate, c.Sum(p => p.Replicas), [.. byCell[c.Key]], First(spec, c.Key.Stage)))
            .Concat(Rungs.LeftOut(plan, results))
            .OrderBy(c => c.Stage).ThenBy(c => c.BatchSize).ThenBy(c => ReplicaResults.Rate(c.BaseLearningRate))
            .ToArray();
        var grids = cells.Where(c => c.Stage == Stage.Grid).GroupBy(c => c.BatchSize).Select(g => g.ToArray()).ToArray();
        var winners = grids.Select(Selection.Winner).OfType<CellSummary>().ToDictionary(w => w.BatchSize);
        var confirmations = winners.Values
            .Select(w => cells.FirstOrDefault(c => c.Stage == Stage.Confirm && c.BatchSize == w.BatchSize && c.BaseLearningRate == w.BaseLearningRate && (c.Complete || c.Mean is not null)))
            .OfType<CellSummary>().ToDictionary(c => c.BatchSize);
        var best = BestBatchSize.Of(
            [.. winners.Values.Where(w => sweep.RuledOut?.Contains(w.BatchSize) != true).Select(w => (w, confirmations.GetValueOrDefault(w.BatchSize)))],
            cells, sweep.TestImages, sweep.ValidationImages ?? sweep.TestImages, sweep.RuledOut is not null, c => [.. byCell[(c.Stage, c.BatchSize, c.BaseLearningRate)]]);
        var delta = spec?.Delta ?? SweepSpec.DefaultDelta;
        var batchSizes = BatchSizes(grids, winners, confirmations, best, byCell, sweep.TestImages);
        if (spec?.From is not null)
        {
            // What another sweep chose has no edge here.
            batchSizes = [.. batchSizes.Select(b => grids.First(g => g[0].BatchSize == b.BatchSize).Length == 1 ? b with { OnGridEdge = false } : b)];
        }


        var partial = cells.Any(c => c is { Complete: false, LeftOutAfter: null }) || plan.Any(p => p.Rung is { Kept: null });
        var analysis = new Analysis(
            "",
            best.Best?.BatchSize,
            [.. best.NotToldApart],
            best.Confirmed,
            cells,
            batchSizes,
            [],
            delta,
            // A distance that equals the margin but for its last bits is within it.
            [.. best.Candidates.Where(c => c != best.Best && best.Best!.Cell.Mean - c.Cell.Mean <= (delta / 100) + 1e-12).Select(c => c.BatchSize)],
            [.. grids.Where(g => LeftOut(g, winners, confirmations, best.Confirmed)).Select(g => g[0].BatchSize)],
            Rungs.Of(plan, results));
        return analysis with { Sentence = AnswerSentence.Of(sweep, spec, plan, analysis, best.Best, partial), Warnings = [.. AnswerWarnings.Of(sweep, spec, analysis, best.Best)] };
    }

    /// <summary>How many replicas a cell begins with, where their spread says how many there are in the end.</summary>
    private static int? First(SweepSpec? spec, Stage stage) => stage == Stage.Grid
        ? spec?.ReplicasUntil is null ? null : spec.Replicas
        : spec?.ConfirmUntil is null ? null : spec.Confirm;

    private static bool LeftOut(CellSummary[] grid, Dictionary<int, CellSummary> winners, Dictionary<int, CellSummary> confirmations, bool confirmed) =>
        winners.ContainsKey(grid[0].BatchSize)
            ? confirmed && confirmations.GetValueOrDefault(grid[0].BatchSize) is { } fresh && fresh.Trained < fresh.Replicas
            : grid.All(c => c.Complete || c.LeftOutAfter is not null);

    private static BatchSizeSummary[] BatchSizes(
        CellSummary[][] grids, Dictionary<int, CellSummary> winners, Dictionary<int, CellSummary> confirmations, BestBatchSize best, ILookup<(Stage, int, string), ReplicaResult> results, int testImages)
    {
        var top = winners.Values.Max(w => w.Mean);
        var bestShares = best.Best?.Shares(testImages);
        return [.. grids.Select(Of)];

        BatchSizeSummary Of(CellSummary[] grid)
        {
            var m = grid[0].BatchSize;
            var (winner, confirmed) = (winners.GetValueOrDefault(m), confirmations.GetValueOrDefault(m));
            var index = best.Candidates.ToList().FindIndex(c => c.BatchSize == m);
            var standing = index >= 0 ? best.Standings?[index] : null;
            var shares = index >= 0 ? best.Candidates[index].Shares(testImages) : null;
            double[] fresh = confirmed?.IntervalLow is null ? [] : [.. results[(Stage.Confirm, m, confirmed.BaseLearningRate)].Select(r => r.Score!.Value)];
            return new(
                m,
                winner?.BaseLearningRate,
                winner,
                confirmed,
                winner is not null && grid.All(c => c.Complete || c.LeftOutAfter is not null) && (winner == grid[0] || winner == grid[^1]),
                LearningRateRange.Trains(grid),
                winner is null ? null : LearningRateRange.NearBest(grid, winner, winner.Mean!.Value),
                winner is null ? null : LearningRateRange.NearBest(grid, winner, top!.Value),
                Interval(BootstrapInterval.Of(fresh, Summaries.Level)),
                Interval(standing?.FromBestOfOthers),
                standing?.Detectable,
                shares is null ? null : TestImages.HalfWidth(shares, Summaries.Level),
                shares is null || bestShares is null || m == best.Best!.BatchSize ? null : Interval(TestImages.Difference(shares, bestShares, Summaries.Level)));
        }
    }

    private static ScoreInterval? Interval(Interval? interval) => interval is { } i ? new(i.Low, i.High) : null;
}
