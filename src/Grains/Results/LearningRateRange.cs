using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Results;

/// <summary>The range of η̃ over which a batch size trains at all (the paper's Fig. 16): every replica trained.</summary>
/// <param name="From">Lowest η̃ of the widest contiguous run of the grid's values.</param>
/// <param name="To">Highest.</param>
/// <param name="Octaves">Width, octaves.</param>
/// <param name="TouchesEdge">Whether it touches the grid's edge or a cell that is not complete, so that its width is a lower bound.</param>
internal sealed record LearningRateRange(string From, string To, double Octaves, bool TouchesEdge)
{
    /// <summary>The widest run; of equally wide ones the lowest. Null where no cell trained. <paramref name="cells"/> are one batch size's, ascending by η̃.</summary>
    public static LearningRateRange? Of(IReadOnlyList<CellSummary> cells)
    {
        LearningRateRange? widest = null;
        var start = -1;
        for (var i = 0; i <= cells.Count; i++)
        {
            var trains = i < cells.Count && cells[i].Complete && cells[i].Trained == cells[i].Replicas;
            if (trains && start < 0)
            {
                start = i;
            }
            else if (!trains && start >= 0)
            {
                var (from, to) = (cells[start].BaseLearningRate, cells[i - 1].BaseLearningRate);
                var octaves = ReplicaResults.Rate(to).Log2 - ReplicaResults.Rate(from).Log2;
                if (widest is null || octaves > widest.Octaves)
                {
                    widest = new(from, to, octaves, IsOpen(cells, start - 1) || IsOpen(cells, i));
                }

                start = -1;
            }
        }

        return widest;
    }

    private static bool IsOpen(IReadOnlyList<CellSummary> cells, int neighbour) => neighbour < 0 || neighbour == cells.Count || !cells[neighbour].Complete;
}
