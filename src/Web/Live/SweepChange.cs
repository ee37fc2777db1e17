using SmallBatch.Contracts.Results;

namespace SmallBatch.Web.Live;

/// <summary>What is new about a sweep: its status, of whose cells there are only those that changed. So a field that a status gains is told too.</summary>
internal static class SweepChange
{
    /// <summary>Times of waiting cells move a little all the time; that is no news.</summary>
    private const double NoticedShare = 0.1, NoticedSeconds = 10;

    /// <summary>What <paramref name="now"/> has that whoever was told <paramref name="told"/> does not know; null where nothing. A plan of other cells has no change but a new beginning.</summary>
    /// <param name="told">Each cell as it was told last, by key.</param>
    /// <param name="before">The status told last, but for its cells.</param>
    /// <param name="now">The status now.</param>
    public static SweepStatus? Between(IReadOnlyDictionary<string, CellStatus> told, SweepStatus before, SweepStatus now)
    {
        var cells = now.Cells.Where(c => !told.TryGetValue(c.Key, out var known) || IsNews(known, c)).ToArray();
        return cells.Length > 0 || before.Sweep != now.Sweep || before.Rebuilding != now.Rebuilding || Moved(before.EtaSeconds, now.EtaSeconds) || Moved(before.EtaDeviationSeconds, now.EtaDeviationSeconds)
            || Math.Round(before.ImagesPerSecond) != Math.Round(now.ImagesPerSecond)
            ? now with { Cells = cells }
            : null;
    }

    private static bool IsNews(CellStatus known, CellStatus now) => known with { EtaSeconds = null, ImagesPerSecond = 0 } != now with { EtaSeconds = null, ImagesPerSecond = 0 } || Moved(known.EtaSeconds, now.EtaSeconds);

    private static bool Moved(double? known, double? now) => known is { } a && now is { } b ? Math.Abs(a - b) > Math.Max(NoticedSeconds, NoticedShare * a) : known is null != now is null;
}
