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

    private const string GrainType = "configuration";
    private readonly TableClient table = tables.GetTableClient("OrleansGrainState");

    private string Prefix => $"{cluster.Value.ServiceId}_{GrainType}_";

    /// <summary>A fresh read of one row.</summary>
    public async Task<StoredConfiguration> ReadAsync(string key, CancellationToken cancellationToken)
    {
        // The provider tells no times: the row is read as the store has it first, under the service's id and the grain's.
        var id = GrainId.Create(GrainType, key);
        var partition = $"{Prefix}{key}";
        var row = await table.GetEntityIfExistsAsync<TableEntity>(partition, StateName, ["Timestamp"], cancellationToken);
        var readAt = row.GetRawResponse().Headers.Date ?? throw new InvalidDataException("the store's answer bears no date");
        var (tag, writtenAt) = row.HasValue ? (row.Value!.ETag.ToString(), row.Value.Timestamp!.Value) : (null, DateTimeOffset.MinValue);

        var state = new GrainState<ConfigurationState>();
        await storage.ReadStateAsync(StateName, id, state);
        return new(state.State ?? new(), state.ETag == tag ? writtenAt : readAt, readAt);
    }

    /// <summary>Keys of a sweep's configurations that have a row, also of those that it does not plan.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(string sweepId, CancellationToken cancellationToken)
    {
        // '/' is the character after the dot that follows the sweep's id.
        var (from, to) = ($"{Prefix}{sweepId}.", $"{Prefix}{sweepId}/");
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey lt {to} and RowKey eq {StateName}");
        var keys = new List<string>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey"], cancellationToken: cancellationToken))
        {
            keys.Add(row.PartitionKey[Prefix.Length..]);
        }

        return keys;
    }
}
