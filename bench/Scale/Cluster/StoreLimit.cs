using System.Diagnostics;
using Azure.Data.Tables;

namespace SmallBatch.Bench.Scale.Cluster;

/// <summary>What the store does by itself: rows of the size of a configuration's, inserted, read and updated by sixteen callers.</summary>
internal static class StoreLimit
{
    private const int Bytes = 3000;

    /// <summary>Operations a second.</summary>
    public static async Task<double> MeasureAsync(string connectionString, TimeSpan takes)
    {
        var table = new TableServiceClient(connectionString).GetTableClient($"Limit{Guid.NewGuid():N}");
        await table.CreateAsync();
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, ScaleCluster.Slots).Select(async caller =>
        {
            var done = 0;
            while (clock.Elapsed < takes)
            {
                var row = new TableEntity($"p{caller}-{done}", "row") { ["Data"] = new byte[Bytes] };
                var tag = (await table.AddEntityAsync(row)).Headers.ETag!.Value;
                await table.GetEntityAsync<TableEntity>(row.PartitionKey, row.RowKey);
                await table.UpdateEntityAsync(row, tag, TableUpdateMode.Replace);
                done += 3;
            }

            return done;
        }));
        var rate = counts.Sum() / clock.Elapsed.TotalSeconds;
        await table.DeleteAsync();
        return rate;
    }
}
