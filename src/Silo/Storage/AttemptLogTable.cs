using System.Globalization;
using System.IO.Compression;
using System.Text;
using Azure;
using Azure.Data.Tables;
using SmallBatch.Grains.Configurations;

namespace SmallBatch.Silo.Storage;

/// <summary>
/// Logs of ended attempts: short ones, which most are, as rows, one partition a sweep and many in one transaction, since a blob costs the store several
/// times what a row does; long ones as blobs.
/// </summary>
internal sealed class AttemptLogTable(TableServiceClient service, AttemptLogBlobs blobs, TimeProvider time) : IAttemptLogs
{
    /// <summary>The table.</summary>
    public const string Name = "SmallBatchLogs";

    private const int MostBytes = 16_000;
    private const int MostInTransaction = 100;
    private const string Text = "Text";

    /// <summary>What ends within this time is stored together: nobody waits for a log.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);
    private readonly TableClient table = service.GetTableClient(Name);
    private readonly Lock gate = new();
    private readonly List<(TableEntity Row, TaskCompletionSource Stored)> waiting = [];
    private bool storing;

    /// <summary>Stores a log; the last word of an attempt counts.</summary>
    public async Task WriteAsync(string configurationKey, int attempt, string text, CancellationToken cancellationToken)
    {
        var packed = Pack(text);
        if (packed.Length > MostBytes)
        {
            await blobs.WriteAsync(configurationKey, attempt, text, cancellationToken);
            return;
        }

        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Add((new(SweepOf(configurationKey), RowKey(configurationKey, attempt)) { [Text] = packed }, stored));
            if (!storing)
            {
                storing = true;
                _ = StoreAsync();
            }
        }

        await stored.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string configurationKey, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            var row = await table.GetEntityIfExistsAsync<TableEntity>(SweepOf(configurationKey), RowKey(configurationKey, attempt), cancellationToken: cancellationToken);
            return row.HasValue ? Unpack(row.Value!.GetBinary(Text)) : await blobs.ReadAsync(configurationKey, attempt, cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return await blobs.ReadAsync(configurationKey, attempt, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string sweepId, CancellationToken cancellationToken) =>
        [.. await RowsAsync(sweepId, cancellationToken).Select(r => $"{r.RowKey.Replace('|', '/')}.log").ToListAsync(cancellationToken), .. await blobs.ListAsync(sweepId, cancellationToken)];

    /// <inheritdoc/>
    public async Task<bool> DeleteSweepAsync(string sweepId, int most, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(sweepId, cancellationToken).Take(Math.Min(most, MostInTransaction)).ToListAsync(cancellationToken);
        if (rows.Count == 0)
        {
            return await blobs.DeleteSweepAsync(sweepId, most, cancellationToken);
        }

        await table.SubmitTransactionAsync(rows.Select(r => new TableTransactionAction(TableTransactionActionType.Delete, r)), cancellationToken);
        return true;
    }

    private async IAsyncEnumerable<TableEntity> RowsAsync(string sweepId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {sweepId}"), select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await NextAsync())
        {
            yield return rows.Current;
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await rows.MoveNextAsync();
            }
            catch (RequestFailedException failure) when (failure.Status == 404)
            {
                // No log was ever stored as a row.
                return false;
            }
        }
    }

    private async Task StoreAsync()
    {
        while (true)
        {
            await Task.Delay(Linger, time);
            List<(TableEntity Row, TaskCompletionSource Stored)> group;
            lock (gate)
            {
                // One row of a key, and one partition, a transaction.
                group = [.. waiting.Where(w => w.Row.PartitionKey == waiting[0].Row.PartitionKey).DistinctBy(w => w.Row.RowKey).Take(MostInTransaction)];
                if (group.Count == 0)
                {
                    storing = false;
                    return;
                }

                waiting.RemoveAll(group.Contains);
            }

            await StoreAsync(group);
        }
    }

    private async Task StoreAsync(List<(TableEntity Row, TaskCompletionSource Stored)> group)
    {
        try
        {
            try
            {
                await SubmitAsync(group);
            }
            catch (RequestFailedException failure) when (failure.ErrorCode == "TableNotFound")
            {
                await table.CreateIfNotExistsAsync();
                await SubmitAsync(group);
            }

            group.ForEach(g => g.Stored.SetResult());
        }
        catch (Exception failure)
        {
            group.ForEach(g => g.Stored.SetException(failure));
        }
    }

    private async Task SubmitAsync(List<(TableEntity Row, TaskCompletionSource Stored)> group) =>
        await table.SubmitTransactionAsync(group.Select(g => new TableTransactionAction(TableTransactionActionType.UpsertReplace, g.Row)));

    /// <summary>A sweep's id has no dot, and its configurations' keys begin with it and one.</summary>
    private static string SweepOf(string configurationKey) => configurationKey.Split('.')[0];

    private static string RowKey(string configurationKey, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{configurationKey}|{attempt:D6}");

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
        {
            brotli.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static string Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        return new StreamReader(brotli, Encoding.UTF8).ReadToEnd();
    }
}
