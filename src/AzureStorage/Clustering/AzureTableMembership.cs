using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;
using SmallBatch.AzureStorage.Keys;
using SmallBatch.AzureStorage.Writes;

namespace SmallBatch.AzureStorage.Clustering;

/// <summary>
/// The membership table in the layout of the 10.4 cycle: one partition per cluster, a version row whose ETag is every
/// row's token, and two boundary rows that carry the version, so that a read which spans pages is known to be of one view.
/// </summary>
internal sealed class AzureTableMembership(Lazy<AzureStorageClusteringOptions> options, string clusterId) : IMembershipTable
{
    private const int MostTries = 5;
    private const int MostInTransaction = 100;
    private readonly Lazy<TableClient> client = new(() => options.Value.TableServiceClient!.GetTableClient(options.Value.TableName));

    /// <summary>Made by the container.</summary>
    public AzureTableMembership(IOptions<AzureStorageClusteringOptions> options, IOptions<ClusterOptions> cluster)
        : this(new Lazy<AzureStorageClusteringOptions>(() => options.Value), cluster.Value.ClusterId)
    {
    }

    private TableClient Table => client.Value;

    /// <inheritdoc/>
    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Table.CreateIfNotExistsAsync(cancellationToken);
        var stored = await Table.GetEntityIfExistsAsync<TableEntity>(clusterId, SiloRow.VersionKey, cancellationToken: cancellationToken);
        if (!tryInitTableVersion || stored.HasValue)
        {
            return;
        }

        try
        {
            await Table.SubmitTransactionAsync(
                new[] { SiloRow.VersionKey, SiloRow.StartKey, SiloRow.EndKey }
                    .Select(key => new TableTransactionAction(TableTransactionActionType.Add, SiloRow.Version(clusterId, key, 0))),
                cancellationToken);
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            // Another silo of the cluster was first, which is as good.
        }
    }

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(TableClient.CreateQueryFilter($"PartitionKey eq {clusterId}"), cancellationToken);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRowAsync(SiloAddress siloAddress, CancellationToken cancellationToken = default)
    {
        var key = SiloRow.Key(siloAddress);
        return ReadAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {clusterId} and (RowKey eq {key} or RowKey eq {SiloRow.VersionKey} or RowKey eq {SiloRow.StartKey} or RowKey eq {SiloRow.EndKey})"),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(new(TableTransactionActionType.Add, SiloRow.Write(clusterId, entry)), tableVersion, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        etag == tableVersion.VersionEtag
        && await WriteAsync(new(TableTransactionActionType.UpdateReplace, SiloRow.Write(clusterId, entry), ETag.All), tableVersion, cancellationToken);

    /// <inheritdoc/>
    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default) => Table.UpdateEntityAsync(
        new TableEntity(clusterId, SiloRow.Key(entry.SiloAddress)) { ["IAmAliveTime"] = LogFormatter.PrintDate(entry.IAmAliveTime) },
        ETag.All,
        TableUpdateMode.Merge,
        cancellationToken);

    /// <inheritdoc/>
    public async Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {clusterId} and Status eq {nameof(SiloStatus.Dead)}");
        var defunct = new List<TableEntity>();
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            var entry = SiloRow.Read(row);
            var last = (entry.SuspectTimes ?? []).Select(s => s.Item2).Append(entry.StartTime).Append(entry.IAmAliveTime).Max();
            if (last < beforeDate.UtcDateTime)
            {
                defunct.Add(row);
            }
        }

        await DeleteAsync(defunct, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in Table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {clusterId}"), cancellationToken: cancellationToken))
        {
            row.ETag = ETag.All;
            rows.Add(row);
        }

        await DeleteAsync(rows, cancellationToken);
    }

    /// <inheritdoc/>
    [Obsolete("Use InitializeMembershipTableAsync.")]
    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use DeleteMembershipTableEntriesAsync.")]
    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use CleanupDefunctSiloEntriesAsync.")]
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use ReadRowAsync.")]
    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use ReadAllAsync.")]
    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use InsertRowAsync.")]
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use UpdateRowAsync.")]
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    /// <inheritdoc/>
    [Obsolete("Use UpdateIAmAliveAsync.")]
    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    private async Task<bool> WriteAsync(TableTransactionAction silo, TableVersion version, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(version.VersionEtag))
        {
            // To the client no token is any token.
            return false;
        }

        TableTransactionAction[] actions =
        [
            silo,
            new(TableTransactionActionType.UpdateReplace, SiloRow.Version(clusterId, SiloRow.VersionKey, version.Version), new ETag(version.VersionEtag)),
            new(TableTransactionActionType.UpsertReplace, SiloRow.Version(clusterId, SiloRow.StartKey, version.Version)),
            new(TableTransactionActionType.UpsertReplace, SiloRow.Version(clusterId, SiloRow.EndKey, version.Version)),
        ];
        try
        {
            await Settlement.WriteAsync<object>(
                async () => await Table.SubmitTransactionAsync(actions, cancellationToken),
                async () => await HoldsAsync(silo.Entity, version, cancellationToken) ? silo : null,
                cancellationToken);
            return true;
        }
        catch (RequestFailedException failure) when (Contention.Is(failure))
        {
            return false;
        }
    }

    /// <summary>Whether the table holds this very row under this very version: nobody else writes both.</summary>
    private async Task<bool> HoldsAsync(ITableEntity silo, TableVersion version, CancellationToken cancellationToken)
    {
        var stored = await Table.GetEntityIfExistsAsync<TableEntity>(clusterId, silo.RowKey, cancellationToken: cancellationToken);
        var now = await Table.GetEntityIfExistsAsync<TableEntity>(clusterId, SiloRow.VersionKey, cancellationToken: cancellationToken);
        return stored.HasValue && now.HasValue
            && now.Value!.GetString(SiloRow.MembershipVersion) == version.Version.ToString(CultureInfo.InvariantCulture)
            && ((TableEntity)silo).All(column => column.Value is null || (stored.Value!.TryGetValue(column.Key, out var value) && Equals(value, column.Value)));
    }

    private async Task<MembershipTableData> ReadAsync(string filter, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var rows = new Dictionary<string, TableEntity>(StringComparer.Ordinal);
            await foreach (var row in Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                rows[row.RowKey] = row;
            }

            if (!rows.Remove(SiloRow.StartKey, out var start) || !rows.Remove(SiloRow.EndKey, out var end) || !rows.Remove(SiloRow.VersionKey, out var version))
            {
                throw new KeyNotFoundException($"Table {options.Value.TableName}, cluster {clusterId}: found no version or boundary row, wanted {SiloRow.VersionKey}, {SiloRow.StartKey} and {SiloRow.EndKey}.");
            }

            var text = version.GetString(SiloRow.MembershipVersion);
            if (start.GetString(SiloRow.MembershipVersion) == text && end.GetString(SiloRow.MembershipVersion) == text)
            {
                var token = version.ETag.ToString();
                return new(
                    [.. rows.Values.Select(r => Tuple.Create(SiloRow.Read(r), token))],
                    new TableVersion(int.Parse(text, CultureInfo.InvariantCulture), token));
            }
        }

        throw new Orleans.Storage.InconsistentStateException($"Table {options.Value.TableName}, cluster {clusterId}: {MostTries} reads each saw a write in their midst.");
    }

    private async Task DeleteAsync(List<TableEntity> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in rows.Chunk(MostInTransaction))
        {
            try
            {
                await Table.SubmitTransactionAsync(batch.Select(r => new TableTransactionAction(TableTransactionActionType.Delete, r, r.ETag)), cancellationToken);
            }
            catch (RequestFailedException failure) when (Contention.Is(failure))
            {
                // Another silo cleans up as well; what either left, the next clean-up takes.
            }
        }
    }
}
