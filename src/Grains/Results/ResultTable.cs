using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Sweeps;

namespace SmallBatch.Grains.Results;

/// <summary>A stored result row.</summary>
internal sealed record ResultRow(string ConfigurationKey, Stage Stage, int BatchSize, string BaseLearningRate, string SettingsHash, int Replica, string Payload)
{
    /// <summary>Its key within its sweep's partition.</summary>
    public string RowKey => string.Create(CultureInfo.InvariantCulture, $"{Stage}.{SettingsHash}.{Replica:D4}");
}

/// <summary>Outcomes of one configuration on their way to their rows.</summary>
internal sealed record RecordedOutcomes(ConfigurationJob Job, IReadOnlyList<ReplicaOutcome> Outcomes);

/// <summary>The same replica was trained twice and ended differently: an alarm, since its bits should not differ.</summary>
internal sealed class ResultConflictException(string sweepId, string row)
    : Exception($"Sweep {sweepId}, result {row}: a second outcome differs from the stored one. The stored one stands; the hosts' numerics differ though their class is the same.");

/// <summary>
/// The result rows, one partition per sweep: the commit point. A row is inserted if absent and never changed; a second
/// insert must be equal byte for byte.
/// </summary>
internal sealed partial class ResultTable(TableServiceClient service, ILogger<ResultTable> logger)
{
    /// <summary>The table.</summary>
    public const string Name = "SmallBatchResults";

    private const int ChunkBytes = 60_000;
    private const int MostInTransaction = 100;

    /// <summary>Characters of outcomes, before they are packed, far from a transaction's 4 MiB.</summary>
    private const long MostTogether = 2_000_000;
    private readonly TableClient table = service.GetTableClient(Name);
    private Task? created;

    /// <summary>Stores a configuration's outcomes. Throws <see cref="ResultConflictException"/> where one differs from what is stored.</summary>
    public async Task InsertAsync(ConfigurationJob job, IReadOnlyList<ReplicaOutcome> outcomes, CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        foreach (var batch in outcomes.Chunk(MostInTransaction))
        {
            try
            {
                await table.SubmitTransactionAsync(batch.Select(o => new TableTransactionAction(TableTransactionActionType.Add, Row(job, o))), cancellationToken);
                batch.ToList().ForEach(o => OutcomeStored(job.Key, o.Replica, Digest(o)));
            }
            catch (RequestFailedException failure) when (failure.Status == 409)
            {
                foreach (var outcome in batch)
                {
                    await InsertOrCompareAsync(job, outcome, cancellationToken);
                }
            }
        }
    }

    /// <summary>Stores the outcomes of several configurations of one sweep, all or none; false where a row is there already.</summary>
    public async Task<bool> TryInsertAsync(IReadOnlyList<RecordedOutcomes> group, CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        try
        {
            await table.SubmitTransactionAsync(
                group.SelectMany(g => g.Outcomes.Select(o => new TableTransactionAction(TableTransactionActionType.Add, Row(g.Job, o)))), cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            return false;
        }

        foreach (var (job, outcomes) in group)
        {
            outcomes.ToList().ForEach(o => OutcomeStored(job.Key, o.Replica, Digest(o)));
        }

        return true;
    }

    /// <summary>Whether another configuration's outcomes fit a transaction with these: no row of theirs twice, not too many, not too large.</summary>
    public static bool Fits(IReadOnlyList<RecordedOutcomes> group, RecordedOutcomes next) =>
        group.All(g => (g.Job.Stage, g.Job.SettingsHash) != (next.Job.Stage, next.Job.SettingsHash))
        && group.Sum(g => g.Outcomes.Count) + next.Outcomes.Count <= MostInTransaction
        && group.Append(next).Sum(g => g.Outcomes.Sum(o => (long)o.Payload.Length)) <= MostTogether;

    /// <summary>Whether every replica of the configuration has its row.</summary>
    public async Task<bool> HasAllAsync(ConfigurationJob job, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        var count = 0;
        await foreach (var _ in table.QueryAsync<TableEntity>(Filter(job.SweepId, job.Stage, job.SettingsHash, job.FirstReplica, job.Replicas), select: ["RowKey"], cancellationToken: cancellationToken))
        {
            count++;
        }

        return count == job.Replicas;
    }

    /// <summary>A fresh listing of one configuration's rows.</summary>
    public async Task<IReadOnlyList<ResultRow>> ListAsync(string sweepId, PlannedConfiguration planned, CancellationToken cancellationToken)
    {
        await CreateAsync(cancellationToken);
        var rows = new List<ResultRow>();
        await foreach (var row in table.QueryAsync<TableEntity>(Filter(sweepId, planned.Stage, planned.SettingsHash, planned.FirstReplica, planned.Replicas), cancellationToken: cancellationToken))
        {
            rows.Add(Read(row));
        }

        return rows;
    }

    /// <summary>
    /// A fresh listing of every row of a sweep. A row that cannot be read is told to <paramref name="damaged"/>, or where nobody
    /// listens, an error.
    /// </summary>
    public async Task<IReadOnlyList<ResultRow>> ListAsync(string sweepId, CancellationToken cancellationToken, ICollection<DamagedRow>? damaged = null)
    {
        await CreateAsync(cancellationToken);
        var rows = new List<ResultRow>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {sweepId}"), cancellationToken: cancellationToken))
        {
            try
            {
                var read = Read(row);
                if (damaged is not null)
                {
                    ReplicaResults.Read(read);
                }

                rows.Add(read);
            }
            catch (Exception problem) when (damaged is not null && problem is not OperationCanceledException)
            {
                damaged.Add(new(Name, row.RowKey, problem.Message));
            }
        }

        return rows;
    }

    private async Task InsertOrCompareAsync(ConfigurationJob job, ReplicaOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(Row(job, outcome), cancellationToken);
            OutcomeStored(job.Key, outcome.Replica, Digest(outcome));
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            var key = Key(job, outcome.Replica);
            var stored = await table.GetEntityAsync<TableEntity>(job.SweepId, key, cancellationToken: cancellationToken);
            if (Payload(stored.Value) != outcome.Payload)
            {
                throw new ResultConflictException(job.SweepId, key);
            }

            OutcomeFound(job.Key, outcome.Replica, Digest(outcome));
        }
    }

    private static TableEntity Row(ConfigurationJob job, ReplicaOutcome outcome)
    {
        var row = new TableEntity(job.SweepId, Key(job, outcome.Replica))
        {
            ["ConfigurationKey"] = job.Key,
            ["Stage"] = job.Stage.ToString(),
            ["BatchSize"] = job.BatchSize,
            ["BaseLearningRate"] = job.BaseLearningRate,
            ["SettingsHash"] = job.SettingsHash,
            ["Replica"] = outcome.Replica,
        };
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
        {
            brotli.Write(Encoding.UTF8.GetBytes(outcome.Payload));
        }

        var bytes = packed.ToArray();
        for (var chunk = 0; chunk * ChunkBytes < bytes.Length; chunk++)
        {
            row[ChunkName(chunk)] = bytes.AsSpan(chunk * ChunkBytes, Math.Min(ChunkBytes, bytes.Length - (chunk * ChunkBytes))).ToArray();
        }

        return row;
    }

    private static ResultRow Read(TableEntity row) => new(
        row.GetString("ConfigurationKey"),
        Enum.Parse<Stage>(row.GetString("Stage")),
        row.GetInt32("BatchSize")!.Value,
        row.GetString("BaseLearningRate"),
        row.GetString("SettingsHash"),
        row.GetInt32("Replica")!.Value,
        Payload(row));

    private static string Payload(TableEntity row)
    {
        using var packed = new MemoryStream();
        for (var chunk = 0; row.GetBinary(ChunkName(chunk)) is { } bytes; chunk++)
        {
            packed.Write(bytes);
        }

        packed.Position = 0;
        using var brotli = new BrotliStream(packed, CompressionMode.Decompress);
        return new StreamReader(brotli, Encoding.UTF8).ReadToEnd();
    }

    private static string ChunkName(int chunk) => chunk == 0 ? "Payload" : string.Create(CultureInfo.InvariantCulture, $"Payload{chunk}");

    private static string Key(ConfigurationJob job, int replica) => Key(job.Stage, job.SettingsHash, replica);

    private static string Key(Stage stage, string settingsHash, int replica) => string.Create(CultureInfo.InvariantCulture, $"{stage}.{settingsHash}.{replica:D4}");

    private static string Filter(string sweepId, Stage stage, string settingsHash, int firstReplica, int replicas)
    {
        var (from, to) = (Key(stage, settingsHash, firstReplica), Key(stage, settingsHash, firstReplica + replicas));
        return TableClient.CreateQueryFilter($"PartitionKey eq {sweepId} and RowKey ge {from} and RowKey lt {to}");
    }

    /// <summary>For a sweep that is being deleted: deletes up to so many rows, at most 100. True where there were any.</summary>
    public async Task<bool> DeleteAsync(string sweepId, int most)
    {
        await CreateAsync(CancellationToken.None);
        return await table.DeleteRowsAsync(sweepId, most);
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (created is not { IsCompletedSuccessfully: true })
        {
            created = table.CreateIfNotExistsAsync(cancellationToken);
            await created;
        }
    }

    private static string Digest(ReplicaOutcome outcome) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(outcome.Payload)));

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration}: outcome of replica {Replica} is stored, {Digest}")]
    private partial void OutcomeStored(string configuration, int replica, string digest);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Configuration}: outcome of replica {Replica} was stored already, {Digest}")]
    private partial void OutcomeFound(string configuration, int replica, string digest);
}
