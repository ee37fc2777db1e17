using System.Globalization;

namespace SmallBatch.Silo.Health;

/// <summary>This machine's clock beside the store's, purely.</summary>
internal static class ClockOffset
{
    /// <summary>Farther apart than this, a silo is not ready. An Azure Storage account refuses every request from 15 minutes on.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Half of a whole second: the store tells its time in these, cut off.</summary>
    private static readonly TimeSpan HalfSecond = TimeSpan.FromSeconds(0.5);

    /// <summary>How far this clock is ahead, as well as it is known.</summary>
    /// <param name="store">The <c>Date</c> of an answer.</param>
    /// <param name="received">This machine's time when it arrived.</param>
    /// <param name="took">How long the answer took, monotonic; the store wrote its date somewhere in it.</param>
    public static TimeSpan Ahead(DateTimeOffset store, DateTimeOffset received, TimeSpan took) => received - (took / 2) - store - HalfSecond;

    /// <summary>Why this clock is unfit; null where it is near enough.</summary>
    public static string? Judge(DateTimeOffset store, DateTimeOffset received, TimeSpan took)
    {
        var ahead = Ahead(store, received, took);
        return ahead.Duration() - (took / 2) - HalfSecond <= Limit
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"this machine's clock is {ahead.Duration().TotalSeconds:F0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the store's, wanted {Limit.TotalSeconds:F0} s at most; set it right (NTP)");
    }
}
