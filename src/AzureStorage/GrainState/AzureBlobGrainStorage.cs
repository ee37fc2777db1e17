using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Buffers.Adaptors;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using SmallBatch.AzureStorage.Configuration;
using SmallBatch.AzureStorage.Writes;

namespace SmallBatch.AzureStorage.GrainState;

/// <summary>Grain state as a blob <c>{state name}-{grain id}.json</c> each, every write conditional on the ETag.</summary>
internal sealed class AzureBlobGrainStorage(string name, Lazy<AzureBlobStorageOptions> options, Func<AzureBlobStorageOptions, IBlobContainerFactory> build, IActivatorProvider activators)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly Lazy<IBlobContainerFactory> containers = new(() => build(options.Value));

    /// <summary>Made from the named options.</summary>
    public static AzureBlobGrainStorage Create(IServiceProvider services, string name) => new(
        name,
        new(() => services.GetRequiredService<IOptionsMonitor<AzureBlobStorageOptions>>().Get(name)),
        options => options.BuildContainerFactory(services, options),
        services.GetRequiredService<IActivatorProvider>());

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe($"{nameof(AzureBlobGrainStorage)}-{name}", OptionRules.StageOf(() => options.Value.InitStage), _ => containers.Value.InitializeAsync(options.Value.BlobServiceClient!));

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (payload, etag) = await ReadAsync(Blob(stateName, grainId), cancellationToken);
        var exists = payload.ToMemory().Length > 0;
        grainState.State = exists ? await DeserializeAsync<T>(payload, cancellationToken) : New<T>();
        (grainState.RecordExists, grainState.ETag) = (exists, etag);
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        grainState.ETag = await Store(await SerializeAsync(grainState.State, cancellationToken), stateName, grainId, grainState.ETag, cancellationToken);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (options.Value.DeleteStateOnClear)
        {
            await Delete(stateName, grainId, grainState.ETag, cancellationToken);
            grainState.ETag = null;
        }
        else
        {
            grainState.ETag = await Store(BinaryData.Empty, stateName, grainId, grainState.ETag, cancellationToken);
        }

        grainState.RecordExists = false;
        grainState.State = New<T>();
    }

    private async ValueTask<BinaryData> SerializeAsync<T>(T? state, CancellationToken cancellationToken)
    {
        if (options.Value.GrainStorageSerializer is not IGrainStorageStreamingSerializer streaming)
        {
            return options.Value.GrainStorageSerializer!.Serialize(state);
        }

        var stream = PooledBufferStream.Rent();
        try
        {
            await streaming.SerializeAsync(state, stream, cancellationToken);
            return new(stream.ToArray());
        }
        finally
        {
            PooledBufferStream.Return(stream);
        }
    }

    private async ValueTask<T?> DeserializeAsync<T>(BinaryData payload, CancellationToken cancellationToken) =>
        options.Value.GrainStorageSerializer is IGrainStorageStreamingSerializer streaming
            ? await streaming.DeserializeAsync<T>(payload.ToStream(), cancellationToken)
            : options.Value.GrainStorageSerializer!.Deserialize<T>(payload);

    private async Task<string> Store(BinaryData payload, string stateName, GrainId grainId, string? etag, CancellationToken cancellationToken)
    {
        var blob = Blob(stateName, grainId);
        try
        {
            return await Settlement.WriteAsync(
                () => UploadAsync(blob, grainId, payload, Condition(etag), cancellationToken),
                async () => await ReadAsync(blob, cancellationToken) is var (stored, now) && now is not null && now != etag && stored.ToMemory().Span.SequenceEqual(payload.ToMemory().Span) ? now : null,
                cancellationToken);
        }
        catch (RequestFailedException failure) when (IsContention(failure))
        {
            throw Inconsistent(stateName, grainId, etag, failure);
        }
    }

    private async Task<string> UploadAsync(BlobClient blob, GrainId grainId, BinaryData payload, BlobRequestConditions condition, CancellationToken cancellationToken)
    {
        var upload = new BlobUploadOptions { Conditions = condition, HttpHeaders = new() { ContentType = "application/octet-stream" } };
        try
        {
            return Text((await blob.UploadAsync(payload, upload, cancellationToken)).Value.ETag);
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await containers.Value.GetBlobContainerClient(grainId).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            return Text((await blob.UploadAsync(payload, upload, cancellationToken)).Value.ETag);
        }
    }

    private async Task Delete(string stateName, GrainId grainId, string? etag, CancellationToken cancellationToken)
    {
        var blob = Blob(stateName, grainId);
        try
        {
            if (string.IsNullOrEmpty(etag))
            {
                // Nothing that we know of: what is there is somebody else's, and stays.
                if ((await ReadAsync(blob, cancellationToken)).ETag is not null)
                {
                    throw new RequestFailedException(409, "The blob exists.", BlobErrorCode.BlobAlreadyExists.ToString(), null);
                }

                return;
            }

            await Settlement.WriteAsync<object>(
                async () => await blob.DeleteAsync(DeleteSnapshotsOption.None, Condition(etag), cancellationToken),
                async () => (await ReadAsync(blob, cancellationToken)).ETag is null ? blob : null,
                cancellationToken);
        }
        catch (RequestFailedException failure) when (IsContention(failure))
        {
            throw Inconsistent(stateName, grainId, etag, failure);
        }
    }

    private static async Task<(BinaryData Payload, string? ETag)> ReadAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var download = await blob.DownloadContentAsync(cancellationToken);
            return (download.Value.Content, Text(download.Value.Details.ETag));
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return (BinaryData.Empty, null);
        }
    }

    /// <summary>Without the quotes that a header has, as the official provider keeps it.</summary>
    private static string Text(ETag etag) => etag.ToString().Trim('"');

    /// <summary>412, 409, and a missing blob; a container that is missing or being deleted is no contention.</summary>
    private static bool IsContention(RequestFailedException failure) =>
        failure.Status is 412 or 409 or 404 && failure.ErrorCode != BlobErrorCode.ContainerNotFound && failure.ErrorCode != BlobErrorCode.ContainerBeingDeleted;

    private static BlobRequestConditions Condition(string? etag) =>
        string.IsNullOrEmpty(etag) ? new() { IfNoneMatch = ETag.All } : new() { IfMatch = new ETag(etag) };

    private InconsistentStateException Inconsistent(string stateName, GrainId grainId, string? etag, RequestFailedException failure) => new(
        $"State '{stateName}' of {grainId} in container {options.Value.ContainerName} was changed by somebody else; our ETag was {etag ?? "none"}. Nothing was written.",
        "Unknown",
        etag,
        failure);

    private BlobClient Blob(string stateName, GrainId grainId) => containers.Value.GetBlobContainerClient(grainId).GetBlobClient($"{stateName}-{grainId}.json");

    private T New<T>() => activators.GetActivator<T>().Create();
}
