using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.Results;

namespace SmallBatch.Grains.Results;

/// <summary>How an attempt ended, on its way to its row.</summary>
internal sealed record EndedAttempt(ConfigurationJob Job, RunRecord Run, string? FailedBecause);

/// <summary>
/// How attempts ended, one partition per sweep. Never in a result's way: a configuration that was given up says so here,
/// and a later result row outweighs it.
/// </summary>
internal sealed class AttemptTable(TableServiceClient service)
{
    /// <summary>The table.</summary>
    public const string Name = "SmallBatchAttempts";

    private const int MostInTransaction = 32;
    private readonly TableClient table = service.GetTableClient(Name);
    private Task? created;

    /// <summary>Stores one attempt's end; the same attempt again changes nothing.</summary>
    public async Task InsertAsync(ConfigurationJob job, RunRecord run, string? failedBecause, CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        try
        {
            await table.AddEntityAsync(Row(new(job, run, failedBecause)), cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            // Told before, and the answer was lost.
        }
    }

    /// <summary>Stores several attempts' ends of one sweep, all or none; false where one is there already.</summary>
    public async Task<bool> TryInsertAsync(IReadOnlyList<EndedAttempt> group, CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        try
        {
            await table.SubmitTransactionAsync(group.Select(a => new TableTransactionAction(TableTransactionActionType.Add, Row(a))), cancellationToken);
            return true;
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            return false;
        }
    }

    /// <summary>Whether another attempt fits a transaction with these: not one of them again, and not too many.</summary>
    public static bool Fits(IReadOnlyList<EndedAttempt> group, EndedAttempt next) =>
        group.Count < MostInTransaction && group.All(g => g.Run.Token != next.Run.Token || g.Run.Attempt != next.Run.Attempt);

    /// <summary>
    /// A fresh listing: every attempt, with the reason where it was the one after which the configuration was given up. A row
    /// that cannot be read is told to <paramref name="damaged"/>, or where nobody listens, an error.
    /// </summary>
    public async Task<IReadOnlyList<(RunRow Row, string? FailedBecause)>> ListAsync(string sweepId, CancellationToken cancellationToken, ICollection<DamagedRow>? damaged = null)
    {
        await CreateAsync(cancellationToken);
        var rows = new List<(RunRow, string?)>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {sweepId}"), cancellationToken: cancellationToken))
        {
            try
            {
                var run = JsonSerializer.Deserialize<RunRecord>(row.GetString("Run"))!;
                rows.Add((
                    new(row.GetString("ConfigurationKey"), Enum.Parse<Stage>(row.GetString("Stage")), row.GetInt32("BatchSize")!.Value, row.GetString("BaseLearningRate"), run),
                    row.GetString("FailedBecause")));
            }
            catch (Exception problem) when (damaged is not null && problem is not OperationCanceledException)
            {
                damaged.Add(new(Name, row.RowKey, problem.Message));
            }
        }

        return rows;
    }

    /// <summary>For a sweep that is being deleted: deletes up to so many rows, at most 100. True where there were any.</summary>
    public async Task<bool> DeleteAsync(string sweepId, int most)
    {
        await CreateAsync(CancellationToken.None);
        return await table.DeleteRowsAsync(sweepId, most);
    }

    private static TableEntity Row(EndedAttempt attempt)
    {
        var (job, run) = (attempt.Job, attempt.Run);
        var row = new TableEntity(job.SweepId, string.Create(CultureInfo.InvariantCulture, $"{job.Stage}.{job.SettingsHash}.{run.Attempt:D6}.{run.Token}"))
        {
            ["ConfigurationKey"] = job.Key,
            ["Stage"] = job.Stage.ToString(),
            ["BatchSize"] = job.BatchSize,
            ["BaseLearningRate"] = job.BaseLearningRate,
            ["Run"] = JsonSerializer.Serialize(run),
        };
        if (attempt.FailedBecause is { } reason)
        {
            row["FailedBecause"] = reason;
        }

        return row;
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
