using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using SmallBatch.AzureStorage.Keys;

namespace SmallBatch.AzureStorage.GrainState;

/// <summary>Grain state in an Azure table: one row per state, partition <c>{service id}_{grain id}</c>, every write conditional on the ETag.</summary>
internal sealed class AzureTableGrainStorage(string name, AzureTableStorageOptions options, string serviceId, IActivatorProvider activators)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly TableClient table = options.TableServiceClient!.GetTableClient(options.TableName);

    /// <summary>Made from the named options.</summary>
    public static AzureTableGrainStorage Create(IServiceProvider services, string name) => new(
        name,
        services.GetRequiredService<IOptionsMonitor<AzureTableStorageOptions>>().Get(name),
        services.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId,
        services.GetRequiredService<IActivatorProvider>());

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe($"{nameof(AzureTableGrainStorage)}-{name}", options.InitStage, token => table.CreateIfNotExistsAsync(token));

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Partition(grainId), TableKeys.Sanitise(stateName), cancellationToken: cancellationToken);
        var payload = row.HasValue ? TablePayload.Read(row.Value!) : BinaryData.Empty;
        grainState.RecordExists = payload.ToMemory().Length > 0;
        grainState.State = grainState.RecordExists ? options.GrainStorageSerializer!.Deserialize<T>(payload) : New<T>();
        grainState.ETag = row.HasValue ? row.Value!.ETag.ToString() : null;
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var row = Row(stateName, grainId);
        var payload = options.GrainStorageSerializer!.Serialize(grainState.State);
        if (options.UseStringFormat)
        {
            TablePayload.WriteText(row, payload.ToMemory());
        }
        else
        {
            TablePayload.Write(row, payload.ToMemory());
        }

        grainState.ETag = await Store(row, stateName, grainId, grainState.ETag, cancellationToken);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (!options.DeleteStateOnClear)
        {
            grainState.ETag = await Store(Row(stateName, grainId), stateName, grainId, grainState.ETag, cancellationToken);
        }
        else if (!string.IsNullOrEmpty(grainState.ETag))
        {
            await Guard(
                async () =>
                {
                    // The client answers 404 without throwing: a row that is not there any more is somebody else's doing.
                    var response = await table.DeleteEntityAsync(Partition(grainId), TableKeys.Sanitise(stateName), new ETag(grainState.ETag), cancellationToken);
                    return response.Status == 404 ? throw new RequestFailedException(404, "The row is gone.", "ResourceNotFound", null) : response;
                },
                stateName,
                grainId,
                grainState.ETag);
            grainState.ETag = null;
        }

        grainState.RecordExists = false;
        grainState.State = New<T>();
    }

    private async Task<string> Store(TableEntity row, string stateName, GrainId grainId, string? etag, CancellationToken cancellationToken)
    {
        var response = await Guard(
            () => string.IsNullOrEmpty(etag)
                ? table.AddEntityAsync(row, cancellationToken)
                : table.UpdateEntityAsync(row, new ETag(etag), TableUpdateMode.Replace, cancellationToken),
            stateName,
            grainId,
            etag);
        return response.Headers.ETag!.Value.ToString();
    }

    private async Task<Response> Guard(Func<Task<Response>> write, string stateName, GrainId grainId, string? etag)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            throw new TableStorageUpdateConditionNotSatisfiedException(grainId.ToString(), stateName, options.TableName, etag, failure);
        }
    }

    private TableEntity Row(string stateName, GrainId grainId) => new(Partition(grainId), TableKeys.Sanitise(stateName));

    private string Partition(GrainId grainId) => TableKeys.Sanitise($"{serviceId}_{grainId}");

    private T New<T>() => activators.GetActivator<T>().Create();
}
