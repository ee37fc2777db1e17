using ScottPlot;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Pictures;

/// <summary>The pictures of one sweep or of several.</summary>
public static class SweepPictures
{
    /// <summary>
    /// Draws these kinds, in order, of each sweep, then those that need several of all together. What cannot be drawn is answered
    /// with the reason. Numbers that are not finite are left out of lines and cells.
    /// </summary>
    public static (IReadOnlyList<Picture> Pictures, IReadOnlyList<NotDrawn> NotDrawn) Of(IReadOnlyList<SweepResults> sweeps, IReadOnlyCollection<PictureKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(sweeps);
        ArgumentNullException.ThrowIfNull(kinds);
        var (pictures, notDrawn) = (new List<Picture>(), new List<NotDrawn>());
        var figures = sweeps.Select(s => new SweepFigures(s)).ToList();
        var together = string.Join('+', sweeps.Select(s => s.Sweep.Name));
        if (figures.Count > 1 && kinds.Contains(PictureKind.Best))
        {
            Add(PictureKind.Best, together, BestByBatchSize.Draw(figures));
        }

        if (kinds.Contains(PictureKind.NormBatch))
        {
            Add(PictureKind.NormBatch, together, NormBatches.Draw(figures));
        }

        foreach (var sweep in figures)
        {
            foreach (var kind in kinds.Distinct().Order().Where(k => k != PictureKind.NormBatch))
            {
                Add(kind, sweep.Results.Sweep.Name, Draw(kind, sweep));
            }
        }

        return (pictures, notDrawn);

        void Add(PictureKind kind, string sweep, (Plot? Plot, string Text) drawn)
        {
            if (drawn.Plot is { } plot)
            {
                pictures.Add(new(kind, sweep, drawn.Text, plot));
            }
            else
            {
                notDrawn.Add(new(kind, sweep, drawn.Text));
            }
        }
    }

    private static (Plot?, string) Draw(PictureKind kind, SweepFigures sweep) => kind switch
    {
        PictureKind.HeatMap => HeatMap.Draw(sweep),
        PictureKind.Accuracy => AccuracyByRate.Draw(sweep),
        PictureKind.Best => BestByBatchSize.Draw([sweep]),
        PictureKind.Ranges => RangesByBatchSize.Draw(sweep),
        PictureKind.Epochs or PictureKind.Updates => Curves.Draw(sweep, kind == PictureKind.Updates),
        PictureKind.Variance => UpdateVariance.Draw(sweep),
        PictureKind.Time or PictureKind.Cost => Effort.Draw(sweep, kind == PictureKind.Time),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "found a kind that needs several sweeps"),
    };
}
