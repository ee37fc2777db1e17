using System.Globalization;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>From rows to what they say; pure.</summary>
internal static class Analyst
{
    /// <summary>Analyses what is stored so far of a sweep with this plan.</summary>
    public static Analysis Analyse(SweepSnapshot sweep, IReadOnlyList<PlannedConfiguration> plan, IReadOnlyList<ReplicaResult> results)
    {
        var byCell = results.ToLookup(r => (r.Stage, r.BatchSize, r.BaseLearningRate));
        var cells = plan
            .Select(p => Summaries.Of(p.Stage, p.BatchSize, p.BaseLearningRate, p.Replicas, [.. byCell[(p.Stage, p.BatchSize, p.BaseLearningRate)]]))
            .OrderBy(c => c.Stage).ThenBy(c => c.BatchSize).ThenBy(c => ReplicaResults.Rate(c.BaseLearningRate))
            .ToArray();
        var batchSizes = cells.Where(c => c.Stage == Stage.Grid).GroupBy(c => c.BatchSize).Select(g => Of([.. g], cells)).ToArray();
        var rated = batchSizes.Where(b => b.Selected is not null).ToList();
        var confirmed = rated.Count > 0 && rated.All(b => b.Confirmed is { Complete: true, Mean: not null });
        var candidates = rated.Select(b => (b.BatchSize, Summary: confirmed ? b.Confirmed! : b.Selected!)).ToList();
        var (best, tied) = candidates.Count > 0 ? BestComparison.Of(candidates) : (0, []);
        var winner = batchSizes.FirstOrDefault(b => candidates.Count > 0 && b.BatchSize == best);
        return new(
            Sentence(sweep, plan, winner, confirmed, tied, candidates.Count, cells),
            winner?.BatchSize,
            tied,
            confirmed,
            cells,
            batchSizes,
            [.. Warnings(sweep, cells, batchSizes, winner)]);
    }

    private static BatchSizeSummary Of(CellSummary[] grid, CellSummary[] all)
    {
        var winner = Selection.Winner(grid);
        var range = LearningRateRange.Of(grid);
        return new(
            grid[0].BatchSize,
            winner?.BaseLearningRate,
            winner,
            winner is null ? null : all.FirstOrDefault(c => c.Stage == Stage.Confirm && c.BatchSize == winner.BatchSize && c.BaseLearningRate == winner.BaseLearningRate && c.Mean is not null),
            winner is not null && grid.All(c => c.Complete) && (winner == grid[0] || winner == grid[^1]),
            range?.From,
            range?.To,
            range?.Octaves,
            range?.TouchesEdge ?? false);
    }

    private static string Sentence(SweepSnapshot sweep, IReadOnlyList<PlannedConfiguration> plan, BatchSizeSummary? winner, bool confirmed, int[] tied, int candidates, CellSummary[] cells)
    {
        var partial = cells.Any(c => !c.Complete);
        var budget = Invariant($"{(partial ? "So far, on" : "On")} {sweep.Dataset}, {sweep.Network} for {sweep.Budget}");
        if (winner is null)
        {
            return partial
                ? $"{budget}: no batch size has a base learning rate at which every replica trained."
                : $"{budget}: no batch size has a base learning rate at which every replica trained, so none can be named.";
        }

        var summary = confirmed ? winner.Confirmed! : winner.Selected!;
        var deviation = summary.StandardDeviation is { } s ? Invariant($" ± {100 * s:F1}") : "";
        var evidence = confirmed ? Invariant($"over {summary.Replicas} fresh seeds") : Invariant($"over the {summary.Replicas} seeds that selected it; selection not confirmed");
        var apart = (tied.Length, candidates) switch
        {
            (0, 1) => partial ? "no other batch size has a result yet" : "no other batch size trained",
            (0, _) => partial ? "all others with a result are told apart from it at 5 %" : "all others are told apart from it at 5 %",
            (1, _) => Invariant($"batch size {tied[0]} cannot be told from it at 5 %"),
            _ => $"batch sizes {string.Join(", ", tied)} cannot be told from it at 5 %",
        };
        var updates = string.Join(", ", plan.Where(p => p.Stage == Stage.Grid).DistinctBy(p => p.BatchSize).OrderBy(p => p.BatchSize).Select(p => Invariant($"{p.Updates} at m = {p.BatchSize}")));
        return Invariant($"{budget}: batch size {winner.BatchSize} at base learning rate {winner.BestBaseLearningRate} performs best, {100 * summary.Mean!.Value:F1}{deviation} % test accuracy {evidence}; {apart}; ")
            + $"η̃ was selected on the test images too, and {(sweep.Budget.EndsWith("updates", StringComparison.Ordinal) ? "equal updates give large batches more images" : "equal epochs give small batches more updates")} ({updates}).";
    }

    private static IEnumerable<string> Warnings(SweepSnapshot sweep, CellSummary[] cells, BatchSizeSummary[] batchSizes, BatchSizeSummary? winner)
    {
        var missing = cells.Count(c => !c.Complete);
        if (missing > 0)
        {
            yield return Invariant($"{cells.Length - missing} of {cells.Length} configurations are complete; {(sweep.Phase == SweepPhase.Cancelled ? "the sweep was cancelled" : "the answer may still change")}.");
        }

        if (sweep.Replicas < 3)
        {
            yield return Invariant($"{sweep.Replicas} replica{(sweep.Replicas == 1 ? "" : "s")} per cell say little about the spread; 3 or more are wanted.");
        }

        if (sweep.SpecText.Contains("kind: adamw", StringComparison.Ordinal))
        {
            yield return "With AdamW η̃ = η/m is a convention: its updates do not grow with the gradient.";
        }

        foreach (var b in batchSizes.Where(b => b.OnGridEdge))
        {
            yield return Invariant($"m = {b.BatchSize}: its best base learning rate {b.BestBaseLearningRate} lies on the grid's edge; widen baseLearningRates.");
        }

        foreach (var b in batchSizes.Where(b => b.BestBaseLearningRate is null && cells.Where(c => c.BatchSize == b.BatchSize).All(c => c.Complete)))
        {
            yield return Invariant($"m = {b.BatchSize}: no base learning rate at which every replica trained.");
        }

        var ranges = batchSizes.Select(b => b.TrainsOctaves is { } octaves
            ? Invariant($"m = {b.BatchSize}: {b.TrainsFrom} to {b.TrainsTo} ({(b.TrainsTouchesEdge ? "≥ " : "")}{octaves:0.#} octaves)")
            : Invariant($"m = {b.BatchSize}: none"));
        if (winner is not null && missing == 0)
        {
            yield return $"Every replica trains from: {string.Join("; ", ranges)}.";
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
