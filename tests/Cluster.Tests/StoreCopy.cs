using System.Globalization;
using System.Security.Cryptography;
using Azure.Data.Tables;
using Azure.Storage.Blobs;

namespace SmallBatch.Cluster.Tests;

/// <summary>What a store holds, a line each, types told: to compare two.</summary>
internal static class StoreCopy
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<IReadOnlyList<string>> RowsAsync(string connectionString, string table)
    {
        var lines = new List<string>();
        await foreach (var row in new TableClient(connectionString, table).QueryAsync<TableEntity>(cancellationToken: Token))
        {
            lines.Add($"{row.PartitionKey}|{row.RowKey}|{string.Join(';', row.Where(p => p.Key is not ("odata.etag" or "Timestamp")).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value.GetType().Name}:{Text(p.Value)}"))}");
        }

        return lines;
    }

    public static async Task<IReadOnlyList<string>> BlobsAsync(string connectionString, string container)
    {
        var lines = new List<string>();
        var client = new BlobContainerClient(connectionString, container);
        await foreach (var blob in client.GetBlobsAsync(cancellationToken: Token))
        {
            var content = await client.GetBlobClient(blob.Name).DownloadContentAsync(Token);
            lines.Add($"{blob.Name}|{Convert.ToHexStringLower(SHA256.HashData(content.Value.Content.ToMemory().Span))}");
        }

        return lines;
    }

    private static string Text(object value) => value switch
    {
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateTimeOffset at => at.UtcTicks.ToString(CultureInfo.InvariantCulture),
        double number => BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
