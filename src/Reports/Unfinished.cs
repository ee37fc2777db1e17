using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Reports;

/// <summary>What of each batch size is missing, and what that may still change; how many there are in all the answer's own warnings say.</summary>
internal static class Unfinished
{
    /// <summary>A sentence for each batch size that lacks something; empty where everything is there.</summary>
    public static IEnumerable<string> Of(SweepResults results)
    {
        var cells = results.Analysis.Cells;
        var missing = cells.Where(c => c is { Complete: false, LeftOutAfter: null }).ToList();
        var awaited = results.Sweep.Confirm > 0 ? results.Analysis.BatchSizes.Where(b => b.Confirmed is null && missing.Exists(c => c.BatchSize == b.BatchSize)).Select(b => b.BatchSize).ToList() : [];
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
