using System.Globalization;
using SmallBatch.Contracts.Releases;

namespace SmallBatch.Silo.Storage;

/// <summary>Which formats of stored rows a release reads (<see cref="ReleaseFormat"/>), purely.</summary>
internal static class StoreFormat
{
    /// <summary>Why this release must not use a store; null where it may.</summary>
    /// <param name="stored">What the store says; null for no row.</param>
    /// <param name="current">The format that the release writes.</param>
    public static string? Refusal(StoredFormat? stored, int current = ReleaseFormat.Current)
    {
        var number = stored?.Number ?? 0;
        if (stored?.Restoring is { } backup)
        {
            return $"The store: found a restore of backup {backup} that has not ended, wanted all of it; run 'smallbatch store restore FOLDER' with that backup again until it says that it is done.";
        }

        if (Math.Abs(number - current) <= ReleaseFormat.Reach)
        {
            return null;
        }

        var wanted = string.Create(CultureInfo.InvariantCulture, $"wanted {Math.Max(0, current - ReleaseFormat.Reach)} to {current + ReleaseFormat.Reach}, which release {Release.Version} reads; nothing was written");
        return number > current
            ? string.Create(CultureInfo.InvariantCulture, $"The store: found format {number}, first written by release {stored!.Release}, {wanted}. Run that release or the one before it; or restore a backup from before the upgrade into a new account.")
            : string.Create(CultureInfo.InvariantCulture, $"The store: found format {number}, {wanted}. Run the releases between first, one after the other, beginning with one that reads format {number}.");
    }
}
