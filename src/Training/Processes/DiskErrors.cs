namespace SmallBatch.Training.Processes;

/// <summary>What the disk says.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Whether a failure is that of a disk without room: trying again does not help, and whoever tried is not to blame.</summary>
    public static bool IsFull(Exception failure) => failure switch
    {
        IOException { HResult: NoSpace or QuotaExceeded } => true,
        AggregateException many => many.InnerExceptions.Any(IsFull),
        { InnerException: { } inner } => IsFull(inner),
        _ => false,
    };
}
