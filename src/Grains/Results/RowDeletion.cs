using Azure.Data.Tables;

namespace SmallBatch.Grains.Results;

/// <summary>Deletion of a sweep's rows, which are one partition of each table.</summary>
internal static class RowDeletion
{
    /// <summary>Deletes up to <paramref name="most"/> rows, at most 100, under their ETags. True where there were any.</summary>
    public static async Task<bool> DeleteRowsAsync(this TableClient table, string sweepId, int most)
    {
        var rows = new List<TableTransactionAction>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {sweepId}"), select: ["PartitionKey", "RowKey"]))
        {
            rows.Add(new(TableTransactionActionType.Delete, row, row.ETag));
            if (rows.Count == most)
            {
                break;
            }
        }

        if (rows.Count > 0)
        {
            await table.SubmitTransactionAsync(rows);
        }

        return rows.Count > 0;
    }
}
