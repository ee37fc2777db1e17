using System.Globalization;
using SmallBatch.Contracts.GpuPool;

namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// When a device is taken out of service for what it reports, purely: at once where its disk is full; after three trainers in a row that did
/// not start; after the trainers of three configurations died there in a row, none of which died anywhere else. A configuration that dies
/// elsewhere, too, is to blame itself.
/// </summary>
internal static class DevicePolicy
{
    /// <summary>Failures in a row: of the start, or of different configurations.</summary>
    public const int MostFailures = 3;

    /// <summary>Why it is taken out of service, or null.</summary>
    /// <param name="failures">In a row, oldest first: no trainer has trained on since the first.</param>
    /// <param name="diedElsewhere">Whether the trainer of a configuration died on another device.</param>
    public static string? WhyOut(IReadOnlyCollection<DeviceFailure> failures, Func<string, bool> diedElsewhere)
    {
        if (failures.LastOrDefault(f => f.Kind == DeviceFailureKind.DiskFull) is { } full)
        {
            return full.Reason;
        }

        var notStarted = failures.Where(f => f.Kind == DeviceFailureKind.NotStarted).ToList();
        if (notStarted.Count >= MostFailures)
        {
            return $"{notStarted.Count} trainers in a row did not start; the last: {notStarted[^1].Reason}";
        }

        var died = failures.Where(f => f.Kind == DeviceFailureKind.Died && !diedElsewhere(f.ConfigurationKey)).ToList();
        var configurations = died.GroupBy(f => f.ConfigurationKey, StringComparer.Ordinal).Select(g => g.Last()).ToList();
        return configurations.Count < MostFailures
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{died.Count} trainer deaths in a row, of {configurations.Count} configurations that died nowhere else: ")
                + string.Join("; ", configurations.TakeLast(MostFailures).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.ConfigurationKey} at {f.At.UtcDateTime:HH:mm:ss}Z: {f.Reason}")));
    }
}
