using Azure;
using Azure.Storage.Blobs;

namespace SmallBatch.Silo.Storage;

/// <summary>Long logs of ended attempts as blobs: <c>{configuration}/{attempt}.log</c>.</summary>
internal sealed class AttemptLogBlobs(BlobServiceClient service)
{
    /// <summary>The container.</summary>
    public const string ContainerName = "smallbatch-logs";

    private readonly BlobContainerClient container = service.GetBlobContainerClient(ContainerName);

    /// <summary>Stores a log; the last word of an attempt counts.</summary>
    public Task WriteAsync(string configurationKey, int attempt, string text, CancellationToken cancellationToken) => container.WithContainerAsync(
        () => container.GetBlobClient(Name(configurationKey, attempt)).UploadAsync(BinaryData.FromString(text), overwrite: true, cancellationToken), cancellationToken);

    /// <summary>The log of an attempt, or null.</summary>
    public async Task<string?> ReadAsync(string configurationKey, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await container.GetBlobClient(Name(configurationKey, attempt)).DownloadContentAsync(cancellationToken);
            return blob.Value.Content.ToString();
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Names of a sweep's.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string sweepId, CancellationToken cancellationToken) =>
        await container.ListBlobsAsync($"{sweepId}.", cancellationToken).Select(b => b.Name).ToListAsync(cancellationToken);

    /// <summary>Deletes up to so many of a sweep. True where there were any.</summary>
    public Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken) => container.DeleteSweepAsync(sweepId, most, cancellationToken);

    private static string Name(string configurationKey, int attempt) => $"{configurationKey}/{attempt:D6}.log";
}
