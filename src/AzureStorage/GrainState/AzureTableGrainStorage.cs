using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using SmallBatch.AzureStorage.Configuration;
using SmallBatch.AzureStorage.Keys;
using SmallBatch.AzureStorage.Writes;

namespace SmallBatch.AzureStorage.GrainState;

/// <summary>Grain state in an Azure table: one row per state, partition <c>{service id}_{grain id}</c>, every write conditional on the ETag.</summary>
internal sealed class AzureTableGrainStorage(string name, Lazy<AzureTableStorageOptions> options, string serviceId, IActivatorProvider activators)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly Lazy<TableClient> table = new(() => options.Value.TableServiceClient!.GetTableClient(options.Value.TableName));

    /// <summary>Made from the named options.</summary>
    public static AzureTableGrainStorage Create(IServiceProvider services, string name) => new(
        name,
        new(() => services.GetRequiredService<IOptionsMonitor<AzureTableStorageOptions>>().Get(name)),
        services.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId,
        services.GetRequiredService<IActivatorProvider>());

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe($"{nameof(AzureTableGrainStorage)}-{name}", OptionRules.StageOf(() => options.Value.InitStage), token => table.Value.CreateIfNotExistsAsync(token));

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var row = await FindAsync(stateName, grainId, cancellationToken);
        var payload = row is null ? BinaryData.Empty : TablePayload.Read(row);
        var exists = payload.ToMemory().Length > 0;
        grainState.State = exists ? Deserialize<T>(payload, stateName, grainId) : New<T>();
        (grainState.RecordExists, grainState.ETag) = (exists, row?.ETag.ToString());
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var row = Row(stateName, grainId);
        var payload = options.Value.GrainStorageSerializer!.Serialize(grainState.State);
        if (options.Value.UseStringFormat)
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
        if (!options.Value.DeleteStateOnClear)
        {
            grainState.ETag = await Store(Row(stateName, grainId), stateName, grainId, grainState.ETag, cancellationToken);
        }
        else if (!string.IsNullOrEmpty(grainState.ETag))
        {
            await Guard(
                async () =>
                {
                    // The client answers 404 without throwing: a row that is not there any more is somebody else's doing.
                    var response = await table.Value.DeleteEntityAsync(Partition(grainId), TableKeys.Sanitise(stateName), new ETag(grainState.ETag), cancellationToken);
                    return response.Status == 404 ? throw new RequestFailedException(404, "The row is gone.", "ResourceNotFound", null) : "";
                },
                stored => stored is null ? "" : null,
                stateName,
                grainId,
                grainState.ETag,
                cancellationToken);
            grainState.ETag = null;
        }

        grainState.RecordExists = false;
        grainState.State = New<T>();
    }

    private async Task<string> Store(TableEntity row, string stateName, GrainId grainId, string? etag, CancellationToken cancellationToken) => await Guard(
        async () =>
        {
            var response = await (string.IsNullOrEmpty(etag)
                ? table.Value.AddEntityAsync(row, cancellationToken)
                : table.Value.UpdateEntityAsync(row, new ETag(etag), TableUpdateMode.Replace, cancellationToken));
            return response.Headers.ETag!.Value.ToString();
        },
        stored => stored is not null && stored.ETag.ToString() != etag && TablePayload.Equal(stored, row) ? stored.ETag.ToString() : null,
        stateName,
        grainId,
        etag,
        cancellationToken);

    /// <summary>Writes, settles an unknown outcome by what <paramref name="mine"/> says of the row that is there, and names contention.</summary>
    private async Task<string> Guard(Func<Task<string>> write, Func<TableEntity?, string?> mine, string stateName, GrainId grainId, string? etag, CancellationToken cancellationToken)
    {
        try
        {
            return await Settlement.WriteAsync(write, async () => mine(await FindAsync(stateName, grainId, cancellationToken)), cancellationToken);
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            throw new TableStorageUpdateConditionNotSatisfiedException(grainId.ToString(), stateName, options.Value.TableName, etag, failure);
        }
    }

    /// <summary>What cannot be read is no contention: an <see cref="AggregateException"/> says which row it is, as with the official provider.</summary>
    private T? Deserialize<T>(BinaryData payload, string stateName, GrainId grainId)
    {
        try
        {
            return options.Value.GrainStorageSerializer!.Deserialize<T>(payload);
        }
        catch (Exception failure)
        {
            throw new AggregateException(
                $"State '{stateName}' of {grainId} in table {options.Value.TableName}: found {payload.ToMemory().Length} bytes that do not read as {typeof(T)}, wanted what {options.Value.GrainStorageSerializer!.GetType()} wrote. The row is left as it is.",
                failure);
        }
    }

    private async Task<TableEntity?> FindAsync(string stateName, GrainId grainId, CancellationToken cancellationToken)
    {
        var row = await table.Value.GetEntityIfExistsAsync<TableEntity>(Partition(grainId), TableKeys.Sanitise(stateName), cancellationToken: cancellationToken);
        return row.HasValue ? row.Value : null;
    }

    private TableEntity Row(string stateName, GrainId grainId) => new(Partition(grainId), TableKeys.Sanitise(stateName));

    private string Partition(GrainId grainId) => TableKeys.Sanitise($"{serviceId}_{grainId}");

    private T New<T>() => activators.GetActivator<T>().Create();
}
