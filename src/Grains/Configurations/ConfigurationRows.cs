using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Storage;

namespace SmallBatch.Grains.Configurations;

/// <summary>A configuration's row as the store holds it.</summary>
/// <param name="State">What it says; a new state where there is no row.</param>
/// <param name="WrittenAt">When it was last written, by the store's time; the earliest time where there is no row.</param>
/// <param name="ReadAt">When it was read, by the store's time: what was stored before then, it knows of.</param>
internal sealed record StoredConfiguration(ConfigurationState State, DateTimeOffset WrittenAt, DateTimeOffset ReadAt);

/// <summary>Reads configurations' rows from the store itself, past any activation's memory.</summary>
internal sealed class ConfigurationRows(IGrainStorage storage, TableServiceClient tables, IOptions<ClusterOptions> cluster)
{
    /// <summary>Name of the row, as <see cref="ConfigurationGrain"/> has it.</summary>
    public const string StateName = "configuration";

    private readonly TableClient table = tables.GetTableClient("OrleansGrainState");

    /// <summary>A fresh read of one row.</summary>
    public async Task<StoredConfiguration> ReadAsync(string key, CancellationToken cancellationToken)
    {
        // The provider tells no times: the row is read as the store has it first, under the service's id and the grain's.
        var id = GrainId.Create("configuration", key);
        var partition = $"{cluster.Value.ServiceId}_{id}".Replace('/', '_');
        var row = await table.GetEntityIfExistsAsync<TableEntity>(partition, StateName, ["Timestamp"], cancellationToken);
        var readAt = row.GetRawResponse().Headers.Date ?? throw new InvalidDataException("the store's answer bears no date");
        var (tag, writtenAt) = row.HasValue ? (row.Value!.ETag.ToString(), row.Value.Timestamp!.Value) : (null, DateTimeOffset.MinValue);

        var state = new GrainState<ConfigurationState>();
        await storage.ReadStateAsync(StateName, id, state);
        return new(state.State ?? new(), state.ETag == tag ? writtenAt : readAt, readAt);
    }
}
