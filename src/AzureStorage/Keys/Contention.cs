using Azure;

namespace SmallBatch.AzureStorage.Keys;

/// <summary>Which failures say that somebody else was first, rather than that the store is ill.</summary>
internal static class Contention
{
    /// <summary>412, 409, or a missing row; a missing table and everything else are not contention.</summary>
    public static bool Is(RequestFailedException failure) =>
        failure.Status == 412
        || (failure.Status == 409 && failure.ErrorCode is not "TableBeingDeleted")
        || (failure.Status == 404 && failure.ErrorCode is "ResourceNotFound" or "EntityNotFound");
}
