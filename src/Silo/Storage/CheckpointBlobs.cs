using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using SmallBatch.Grains.Checkpoints;

namespace SmallBatch.Silo.Storage;

/// <summary>Checkpoints as blobs: <c>{configuration}/{token}-{step}.safetensors</c>. A name is written once, so a stale host's upload lies beside and never over another's.</summary>
internal sealed class CheckpointBlobs(BlobServiceClient service) : ICheckpointStore
{
    /// <summary>The container.</summary>
    public const string ContainerName = "smallbatch-checkpoints";

    private readonly BlobContainerClient container = service.GetBlobContainerClient(ContainerName);

    /// <summary>Uploads a file; one of that name that is there already is as good.</summary>
    public async Task UploadAsync(string name, string path, CancellationToken cancellationToken)
    {
        try
        {
            await container.WithContainerAsync(() => container.GetBlobClient(name).UploadAsync(path, overwrite: false, cancellationToken), cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // An earlier try got through, and its answer was lost.
        }
    }

    /// <summary>Downloads into a file; false where there is no such blob.</summary>
    public async Task<bool> DownloadAsync(string name, string path, CancellationToken cancellationToken)
    {
        try
        {
            await container.GetBlobClient(name).DownloadToAsync(path, cancellationToken);
            return true;
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(IEnumerable<string> blobNames, CancellationToken cancellationToken)
    {
        foreach (var name in blobNames)
        {
            await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<CheckpointBlob> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.ListBlobsAsync(prefix, cancellationToken))
        {
            yield return new(blob.Name, blob.Properties.LastModified!.Value, blob.Properties.ContentLength ?? 0);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> HashAsync(string blobName, CancellationToken cancellationToken)
    {
        try
        {
            using var content = (await container.GetBlobClient(blobName).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content.Content, cancellationToken));
        }
        catch (RequestFailedException failure) when (failure.Status is 404 or 412)
        {
            // A name is written once: one that is not what it was a moment ago was deleted while it was read.
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken) => container.DeleteSweepAsync(sweepId, most, cancellationToken);
}
