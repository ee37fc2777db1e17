using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;
using SmallBatch.Specs.Settings;
using SmallBatch.Specs.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>What limits an answer, one line each, the widest first.</summary>
internal static class AnswerWarnings
{
    /// <summary>The warnings of an analysis; <paramref name="best"/> is null where nothing can be named.</summary>
    public static IEnumerable<string> Of(SweepSnapshot sweep, SweepSpec? spec, Analysis analysis, Candidate? best) =>
        [.. OfTheSweep(sweep, spec, analysis, best), .. OfNarrowing(spec, analysis), .. analysis.BatchSizes.SelectMany(b => OfABatchSize(b, sweep, analysis, best))];

    private static IEnumerable<string> OfTheSweep(SweepSnapshot sweep, SweepSpec? spec, Analysis analysis, Candidate? best)
    {
        if (SimulatedNumerics.Is(sweep.NumericsClass))
        {
            yield return $"SIMULATED: nothing was trained; every figure of this sweep was made up by a simulated trainer ({sweep.NumericsClass}).";
        }

        var cells = analysis.Cells.Where(c => c.LeftOutAfter is null).ToArray();
        var missing = cells.Count(c => !c.Complete);
        if (missing > 0)
        {
            yield return $"{cells.Length - missing} of {cells.Length} configurations are complete; {sweep.Phase switch
            {
                SweepPhase.Cancelled => "the sweep was cancelled",
                SweepPhase.Limited => $"the sweep was {sweep.Reason}",
                SweepPhase.Superseded => "the sweep went on to a longer budget",
                _ => "the answer may still change",
            }}.";
        }

        if (best is not null && !analysis.Confirmed && !AnswerSentence.SelectedElsewhere(analysis, spec))
        {
            yield return "Selection not confirmed: each η̃ is the best of many on the same seeds, so the means below are too high, most where many η̃ are nearly tied.";
        }

        if (best is not null && analysis.Confirmed && sweep.Confirm < 3)
        {
            yield return Few(sweep.Confirm, "fresh seed", "each batch size's best η̃");
        }

        if (sweep.RuledOut is { Length: > 0 } ruledOut)
        {
            yield return $"No fresh seeds at m = {string.Join(", ", ruledOut)}: each of their cells is worse than the best cell, at 1 % for all cells together. Their means are those of the seeds that selected them, too high; how far they are from the best is not measured. The fresh seeds are compared at 4 %, so that both together are wrong in 5 % of such sweeps at most.";
        }

        if (sweep.Replicas < 3)
        {
            yield return Few(sweep.Replicas, "replica", "a cell");
        }

        if (sweep.SpecText.Contains("kind: adamw", StringComparison.Ordinal))
        {
            yield return "With AdamW η̃ = η/m is a convention: its updates do not grow with the gradient.";
        }
    }

    /// <summary>Where the most fresh seeds were too few, and where none were added.</summary>
    private static IEnumerable<string> OfNarrowing(SweepSpec? spec, Analysis analysis)
    {
        if (spec?.ConfirmUntil is not { } rule)
        {
            yield break;
        }

        var wide = analysis.BatchSizes.Select(b => b.Confirmed).OfType<CellSummary>()
            .Where(c => c is { Complete: true, IntervalHigh: not null } && HalfWidth(c) > (rule.Until / 100) + 1e-12).ToList();
        foreach (var cell in wide.Where(c => c.Replicas >= rule.Max))
        {
            yield return $"m = {cell.BatchSize}: {cell.Replicas} fresh seeds, the most that confirm.max allows, leave ±{Percent(HalfWidth(cell))} points, wanted ±{Number(rule.Until)}.";
        }

        var kept = wide.Where(c => c.Replicas == spec.Confirm && c.Replicas < rule.Max).Select(c => c.BatchSize).ToArray();
        if (kept.Length > 0 && analysis.Cells.All(c => c.Complete || c.LeftOutAfter is not null))
        {
            yield return $"No fresh seeds were added at m = {string.Join(", ", kept)}: the first {spec.Confirm} tell them from the best, and their intervals stay wider than ±{Number(rule.Until)} points.";
        }
    }

    private static double HalfWidth(CellSummary cell) => (cell.IntervalHigh!.Value - cell.IntervalLow!.Value) / 2;

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static IEnumerable<string> OfABatchSize(BatchSizeSummary b, SweepSnapshot sweep, Analysis analysis, Candidate? best)
    {
        var grid = analysis.Cells.Where(c => c.Stage == Stage.Grid && c.BatchSize == b.BatchSize).ToList();
        if (sweep.Phase == SweepPhase.Limited && grid.Where(c => c is { Complete: false, LeftOutAfter: null }).Select(c => c.BaseLearningRate).ToArray() is { Length: > 0 } unknown)
        {
            yield return $"m = {b.BatchSize}: not trained to the end at {string.Join(", ", unknown)}; a better base learning rate may be among them.";
        }

        if (b.OnGridEdge)
        {
            yield return $"m = {b.BatchSize}: its best base learning rate {b.BestBaseLearningRate} lies on the grid's edge; widen baseLearningRates.";
        }

        if (b.Selected is null && grid.All(c => c.Complete || c.LeftOutAfter is not null))
        {
            yield return $"m = {b.BatchSize}: no base learning rate at which every replica trained.";
        }

        foreach (var warning in OfTheSearch(b, grid))
        {
            yield return warning;
        }

        foreach (var cell in grid.Where(c => c.Complete && c.Trained < c.Replicas && c.Mean > (b.Selected?.Mean ?? 1)))
        {
            yield return $"m = {b.BatchSize}: at {cell.BaseLearningRate} the mean is higher, {Percent(cell.Mean!.Value)} %, but {cell.Trained} of {cell.Replicas} replicas trained: it cannot be the best.";
        }

        if (b.Confirmed is { Complete: true } fresh && fresh.Trained < fresh.Replicas)
        {
            yield return $"m = {b.BatchSize}: {fresh.Trained} of {fresh.Replicas} fresh seeds trained at {fresh.BaseLearningRate}: it cannot be the best.";
        }

        if (b.TestSetFromBest is { High: >= 0 } other && !analysis.NotToldApart.Contains(b.BatchSize))
        {
            yield return $"m = {b.BatchSize}: the seeds tell it from the best on these {sweep.TestImages} test images only; on others its distance could be {Signed(other.Low)} to {Signed(other.High)} points.";
        }
    }

    /// <summary>What a batch size's search left out, and whether that could have been the best.</summary>
    private static IEnumerable<string> OfTheSearch(BatchSizeSummary b, List<CellSummary> grid)
    {
        var certain = grid.Where(c => c is { LeftOutAfter: not null, Diverged: > 0 }).ToList();
        if (certain.Count > 0)
        {
            yield return $"m = {b.BatchSize}: not trained to the end at {Rates(certain)}, which cannot change the answer: a seed diverged there in updates that the whole budget begins with too, bit for bit.";
        }

        foreach (var rung in grid.Where(c => c is { LeftOutAfter: not null, Diverged: 0 }).GroupBy(c => c.LeftOutAfter))
        {
            yield return $"m = {b.BatchSize}: not trained to the end at {Rates(rung)}, left out after {rung.Key}; on the whole budget one of them could have been better.";
        }

        var at = grid.FindIndex(c => c.BaseLearningRate == b.BestBaseLearningRate);
        if (at >= 0 && new[] { at - 1, at + 1 }.Where(i => i >= 0 && i < grid.Count).Any(i => grid[i] is { LeftOutAfter: not null, Diverged: 0 }))
        {
            yield return $"m = {b.BatchSize}: its best base learning rate {b.BestBaseLearningRate} lies next to one that was left out; a larger rung or a smaller search.factor would tell which is better.";
        }
    }

    private static string Rates(IEnumerable<CellSummary> cells) => string.Join(", ", cells.Select(c => c.BaseLearningRate));

    private static string Few(int count, string what, string where) => $"{count} {what}{(count == 1 ? "" : "s")} for {where} {(count == 1 ? "says" : "say")} little about the spread; 3 or more are wanted.";

    private static string Percent(double share) => (100 * share).ToString("F1", CultureInfo.InvariantCulture);

    private static string Signed(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);
}
