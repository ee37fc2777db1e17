using Azure;
using Azure.Storage.Blobs;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Silo.Storage;

/// <summary>Logs of ended attempts as blobs: <c>{configuration}/{attempt}.log</c>.</summary>
internal sealed class AttemptLogBlobs(BlobServiceClient service) : IAttemptLogs
{
    private readonly BlobContainerClient container = service.GetBlobContainerClient("smallbatch-logs");
    private Task? created;

    /// <summary>Stores a log; the last word of an attempt counts.</summary>
    public async Task WriteAsync(string configurationKey, int attempt, string text, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        await container.GetBlobClient(Name(configurationKey, attempt)).UploadAsync(BinaryData.FromString(text), overwrite: true, cancellationToken);
    }

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
    public async Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        return await container.DeleteSweepAsync(sweepId, most, cancellationToken);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (created is not { IsCompletedSuccessfully: true })
        {
            created = container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await created;
        }
    }

    private static string Name(string configurationKey, int attempt) => $"{configurationKey}/{attempt:D6}.log";
}
