using System.Net;
using Azure;
using SmallBatch.AzureStorage.Keys;

namespace SmallBatch.AzureStorage.Writes;

/// <summary>Conditional writes whose answer may get lost: an unknown outcome is read back before it is reported.</summary>
internal static class Settlement
{
    /// <summary>
    /// Writes; where the outcome is unknown, asks the store. Answers what the write did, or throws what it threw where the
    /// store does not hold what was written.
    /// </summary>
    /// <param name="write">The write, with the store's answer.</param>
    /// <param name="find">Reads back: that answer where the store holds exactly what was written, else null.</param>
    /// <param name="cancellationToken">The caller's: one who gave up is not made to wait.</param>
    public static async Task<T> WriteAsync<T>(Func<Task<T>> write, Func<Task<T?>> find, CancellationToken cancellationToken)
        where T : class
    {
        var count = RetryTracking.Begin();
        try
        {
            return await write();
        }
        catch (Exception failure) when (IsUnknown(failure, count.Sent) && !cancellationToken.IsCancellationRequested)
        {
            if (await TryFindAsync(find) is { } found)
            {
                return found;
            }

            throw;
        }
    }

    private static bool IsUnknown(Exception failure, int sent) => failure switch
    {
        // Refused outright: nothing was written, unless an earlier try of the same request was.
        RequestFailedException refused when Contention.Is(refused) || refused.Status is (int)HttpStatusCode.TooManyRequests => sent > 1,
        RequestFailedException failed => failed.Status is 0 or (int)HttpStatusCode.RequestTimeout or >= 500 || sent > 1,

        // What the client throws when its last try, too, had no answer.
        AggregateException or OperationCanceledException or IOException => true,
        _ => false,
    };

    private static async Task<T?> TryFindAsync<T>(Func<Task<T?>> find)
        where T : class
    {
        try
        {
            return await find();
        }
        catch (Exception failure) when (failure is RequestFailedException or AggregateException or OperationCanceledException or IOException)
        {
            // It stays unknown, and the first failure says so.
            return null;
        }
    }
}
