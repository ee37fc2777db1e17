using Azure.Data.Tables;

namespace SmallBatch.Grains.Sweeps;

/// <summary>
/// One row per sweep: which there are, and which are unfinished. It only says whom to ask; the sweep's own row is the truth.
/// </summary>
public sealed class SweepIndexTable(TableServiceClient service)
{
    private const string Partition = "sweeps";
    private readonly TableClient table = service.GetTableClient("SmallBatchSweeps");
    private Task? created;

    /// <summary>Marks a sweep; the last word counts, since the sweep repeats it with each wake.</summary>
    public async Task MarkAsync(string name, bool unfinished, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        var stored = await table.GetEntityIfExistsAsync<TableEntity>(Partition, name, cancellationToken: cancellationToken);
        var row = new TableEntity(Partition, name) { ["Unfinished"] = unfinished };
        if (!stored.HasValue)
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        else if (stored.Value!.GetBoolean("Unfinished") != unfinished)
        {
            await table.UpdateEntityAsync(row, stored.Value!.ETag, TableUpdateMode.Replace, cancellationToken);
        }
    }

    /// <summary>Takes a sweep that is deleted out of the index.</summary>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        await table.DeleteEntityAsync(Partition, name, cancellationToken: cancellationToken);
    }

    /// <summary>Whether a sweep is marked as unfinished; null where it is not in the index.</summary>
    public async Task<bool?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        var stored = await table.GetEntityIfExistsAsync<TableEntity>(Partition, name, cancellationToken: cancellationToken);
        return stored.HasValue ? stored.Value!.GetBoolean("Unfinished") : null;
    }

    /// <summary>Names of all sweeps.</summary>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken);

    /// <summary>Names of those with work left.</summary>
    public Task<IReadOnlyList<string>> ListUnfinishedAsync(CancellationToken cancellationToken) =>
        QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and Unfinished eq true"), cancellationToken);

    private async Task<IReadOnlyList<string>> QueryAsync(string filter, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        var names = new List<string>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: ["RowKey"], cancellationToken: cancellationToken))
        {
            names.Add(row.RowKey);
        }

        return names;
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (created is not { IsCompletedSuccessfully: true })
        {
            created = table.CreateIfNotExistsAsync(cancellationToken);
            await created;
        }
    }
}
