using SmallBatch.Contracts.Results;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Web.Live;

/// <summary>What is new about a sweep.</summary>
/// <param name="Sweep">The sweep itself.</param>
/// <param name="Rebuilding">As in <see cref="SweepStatus"/>.</param>
/// <param name="Cells">Those cells that changed.</param>
/// <param name="ImagesPerSecond">All trainers' together.</param>
/// <param name="EtaSeconds">Time left; null where nothing can be foretold.</param>
internal sealed record SweepChange(SweepSnapshot Sweep, bool Rebuilding, IReadOnlyList<CellStatus> Cells, double ImagesPerSecond, double? EtaSeconds)
{
    /// <summary>Times of waiting cells move a little all the time; that is no news.</summary>
    private const double NoticedShare = 0.1, NoticedSeconds = 10;

    /// <summary>What <paramref name="now"/> has that whoever was told <paramref name="told"/> does not know; null where nothing. A plan of other cells has no change but a new beginning.</summary>
    /// <param name="told">Each cell as it was told last, by key.</param>
    /// <param name="before">The status told last, but for its cells.</param>
    /// <param name="now">The status now.</param>
    public static SweepChange? Between(IReadOnlyDictionary<string, CellStatus> told, SweepStatus before, SweepStatus now)
    {
        var cells = now.Cells.Where(c => !told.TryGetValue(c.Key, out var known) || IsNews(known, c)).ToList();
        return cells.Count > 0 || before.Sweep != now.Sweep || before.Rebuilding != now.Rebuilding || Moved(before.EtaSeconds, now.EtaSeconds) || Math.Round(before.ImagesPerSecond) != Math.Round(now.ImagesPerSecond)
            ? new(now.Sweep, now.Rebuilding, cells, now.ImagesPerSecond, now.EtaSeconds)
            : null;
    }

    private static bool IsNews(CellStatus known, CellStatus now) => known with { EtaSeconds = null, ImagesPerSecond = 0 } != now with { EtaSeconds = null, ImagesPerSecond = 0 } || Moved(known.EtaSeconds, now.EtaSeconds);

    private static bool Moved(double? known, double? now) => known is { } a && now is { } b ? Math.Abs(a - b) > Math.Max(NoticedSeconds, NoticedShare * a) : known is null != now is null;
}
