using Azure;
using Azure.Storage.Blobs;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Silo.Storage;

/// <summary>Logs of ended attempts as blobs: <c>{configuration}/{attempt}.log</c>.</summary>
internal sealed class AttemptLogBlobs(BlobServiceClient service) : IAttemptLogs
{
    private readonly BlobContainerClient container = service.GetBlobContainerClient("smallbatch-logs");

    /// <summary>Stores a log; the last word of an attempt counts.</summary>
    public Task WriteAsync(string configurationKey, int attempt, string text, CancellationToken cancellationToken) => container.WithContainerAsync(
        () => container.GetBlobClient(Name(configurationKey, attempt)).UploadAsync(BinaryData.FromString(text), overwrite: true, cancellationToken), cancellationToken);

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string sweepId, CancellationToken cancellationToken) =>
        await container.ListBlobsAsync($"{sweepId}.", cancellationToken).Select(b => b.Name).ToListAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken) => container.DeleteSweepAsync(sweepId, most, cancellationToken);

    private static string Name(string configurationKey, int attempt) => $"{configurationKey}/{attempt:D6}.log";
}
