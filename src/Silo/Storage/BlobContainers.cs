using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SmallBatch.Silo.Storage;

/// <summary>Containers that nobody has made yet, or that a store which went back has lost.</summary>
internal static class BlobContainers
{
    /// <summary>Does something in a container, and where that is not there, makes it and does it again.</summary>
    public static async Task WithContainerAsync(this BlobContainerClient container, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act();
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await act();
        }
    }

    /// <summary>Blobs whose names begin so, by name; none where there is no container.</summary>
    public static async IAsyncEnumerable<BlobItem> ListBlobsAsync(this BlobContainerClient container, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var blobs = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync())
        {
            yield return blobs.Current;
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await blobs.MoveNextAsync();
            }
            catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.ContainerNotFound)
            {
                return false;
            }
        }
    }
}
