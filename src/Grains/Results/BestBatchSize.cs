using SmallBatch.Contracts.Results;
using SmallBatch.Statistics;

namespace SmallBatch.Grains.Results;

/// <summary>Which batch size is best, and which cannot be told from it.</summary>
/// <param name="Confirmed">Whether fresh seeds of every batch size with a winner say so.</param>
/// <param name="Candidates">The batch sizes that may be the best, ascending: every seed trained.</param>
/// <param name="Best">The one with the best mean, of equal means the smallest; null where there is none.</param>
/// <param name="NotToldApart">Those that cannot be told from it, ascending; itself left out.</param>
/// <param name="Standings">How each candidate stands to the best; null without fresh seeds, or where they are too few.</param>
internal sealed record BestBatchSize(bool Confirmed, IReadOnlyList<Candidate> Candidates, Candidate? Best, IReadOnlyList<int> NotToldApart, IReadOnlyList<Standing>? Standings)
{
    /// <summary>
    /// From the selected η̃ of each batch size, with its fresh seeds where they are there, and every cell of the grid. Where <paramref name="looked"/>
    /// the grid has ruled batch sizes out before, which are not among the winners.
    /// </summary>
    public static BestBatchSize Of(
        IReadOnlyList<(CellSummary Selected, CellSummary? Confirmed)> winners, IReadOnlyList<CellSummary> grid, int testImages, int selectionImages, bool looked, Func<CellSummary, IReadOnlyList<ReplicaResult>> results)
    {
        var confirmed = winners.Count > 0 && winners.All(w => w.Confirmed is { Complete: true });
        Candidate[] candidates =
        [
            .. winners.Select(w => confirmed ? w.Confirmed! : w.Selected)
                .Where(c => c.Trained == c.Replicas).OrderBy(c => c.BatchSize).Select(c => new Candidate(c, results(c))),
        ];
        var best = candidates.OrderByDescending(c => c.Cell.Mean).FirstOrDefault();
        if (best is null || candidates.Length == 1)
        {
            return new(confirmed, candidates, best, [], null);
        }

        if (!confirmed)
        {
            var kept = StopPolicy.NotWorse(StopPolicy.Trained(grid), best.Cell, selectionImages, Summaries.Level);
            return new(confirmed, candidates, best, [.. candidates.Where(c => c != best && kept.Contains(c.BatchSize)).Select(c => c.BatchSize)], null);
        }

        var standings = ComparisonWithBest.Of([.. candidates.Select(c => Candidate.Sample(c.Cell, testImages))], looked ? StopPolicy.Left : Summaries.Level, candidates.Any(c => c.Cell.First is not null));
        return new(confirmed, candidates, best, [.. candidates.Where((c, i) => c != best && standings?[i].MayBeBest != false).Select(c => c.BatchSize)], standings);
    }
}
