using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Reports;

/// <summary>What of a sweep is missing, and what that may still change.</summary>
internal static class Unfinished
{
    /// <summary>A sentence for the whole and one for each batch size; empty where everything is there.</summary>
    public static IEnumerable<string> Of(SweepResults results)
    {
        var cells = results.Analysis.Cells;
        var missing = cells.Where(c => !c.Complete).ToList();
        var awaited = results.Sweep.Confirm > 0 ? results.Analysis.BatchSizes.Where(b => b.Confirmed is null && cells.Any(c => c.BatchSize == b.BatchSize && !c.Complete)).Select(b => b.BatchSize).ToList() : [];
        if (missing.Count == 0)
        {
            yield break;
        }

        var ends = results.Sweep.Phase switch
        {
            SweepPhase.Cancelled => "the sweep was cancelled, and they will not come",
            SweepPhase.Limited => $"the sweep was {results.Sweep.Reason}",
            _ => "what follows holds so far",
        };
        yield return $"{cells.Length - missing.Count} of {cells.Length} configurations are complete; {ends}.";
        foreach (var row in missing.GroupBy(c => c.BatchSize).OrderBy(g => g.Key))
        {
            var grid = row.Count(c => c.Stage == Stage.Grid);
            var what = grid > 0
                ? $"{grid} cell{(grid == 1 ? "" : "s")} of the grid {(grid == 1 ? "is" : "are")} missing: its best η̃, its range and everything that rests on them may change"
                : "its fresh seeds are missing: its mean, its interval and the comparison with the best may change";
            yield return $"m = {row.Key}: {what}{(grid > 0 && awaited.Contains(row.Key) ? "; no fresh seed has confirmed it yet" : "")}.";
        }
    }
}
