using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using SmallBatch.Contracts.Configurations;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Contracts.Results;
using SmallBatch.Grains.GpuPool;
using SmallBatch.Grains.Results;
using SmallBatch.Tests;

namespace SmallBatch.Grains.Tests;

/// <summary>Rows on a real Azurite.</summary>
public sealed class TableTests(AzuriteFixture azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_activations_of_the_pool_only_the_later_can_write()
    {
        var (older, newer) = (new LeaseTable(azurite.Tables, "two"), new LeaseTable(azurite.Tables, "two"));
        Assert.Equal(1, await older.RaiseEpochAsync(Token));
        await older.WriteAsync([Add("a", 1)], Token);
        Assert.Equal(2, await newer.RaiseEpochAsync(Token));
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => older.WriteAsync([Add("b", 2)], Token));
        await Assert.ThrowsAsync<PoolSupersededException>(() => older.CheckEpochAsync(Token));
        Assert.Equal("a", Assert.Single((await newer.ListAsync(Token)).Leases).Lease.ConfigurationKey);
    }

    [Fact]
    public async Task A_write_that_arrives_after_it_was_given_up_is_refused()
    {
        var table = new LeaseTable(azurite.Tables, "late");
        await table.RaiseEpochAsync(Token);
        var client = azurite.Tables.GetTableClient("SmallBatchLeases");
        var epoch = await client.GetEntityAsync<TableEntity>("late", LeaseTransaction.EpochRow, cancellationToken: Token);
        var late = LeaseTransaction.Of("late", 1, epoch.Value.ETag, [Add("a", 1)]);
        await table.FenceAsync(Token);
        Assert.Equal(412, (await Assert.ThrowsAnyAsync<RequestFailedException>(() => client.SubmitTransactionAsync(late, Token))).Status);
        await table.WriteAsync([Add("b", 2)], Token);
        Assert.Equal("b", Assert.Single((await table.ListAsync(Token)).Leases).Lease.ConfigurationKey);
    }

    [Fact]
    public async Task A_slot_has_one_row_and_a_transaction_is_all_or_none()
    {
        var table = new LeaseTable(azurite.Tables, "one");
        await table.RaiseEpochAsync(Token);
        await table.WriteAsync([Add("a", 1)], Token);
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.WriteAsync([Add("b", 2, slot: "cpu-9"), Add("c", 3)], Token));
        Assert.Equal("a", Assert.Single((await table.ListAsync(Token)).Leases).Lease.ConfigurationKey);
    }

    [Fact]
    public async Task A_lease_moves_from_its_slot_to_finishing_and_goes()
    {
        var table = new LeaseTable(azurite.Tables, "moves");
        await table.RaiseEpochAsync(Token);
        var write = Add("a", 1);
        await table.WriteAsync([write], Token);
        await table.WriteAsync([new(write.Entry, LeaseRowKind.Slot, LeaseRowKind.Finishing)], Token);
        var row = Assert.Single((await table.ListAsync(Token)).Leases);
        Assert.Equal((LeaseRowKind.Finishing, ((LeaseEntry)write.Entry).Lease), (row.Kind, row.Lease));
        await table.WriteAsync([new(write.Entry, LeaseRowKind.Finishing, LeaseRowKind.None)], Token);
        Assert.Empty((await table.ListAsync(Token)).Leases);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slot_s_row_is_handed_on_under_the_tag_of_the_lease_before(bool finishes)
    {
        var left = finishes ? LeaseRowKind.Finishing : LeaseRowKind.None;
        var table = new LeaseTable(azurite.Tables, $"handed-on-{left}");
        await table.RaiseEpochAsync(Token);
        var (first, second) = (Add("a", 1), Add("b", 2));
        await table.WriteAsync([first], Token);
        var stale = first.Entry.RowTag;
        await table.WriteAsync([new(first.Entry, LeaseRowKind.Slot, left), second], Token);
        var rows = (await table.ListAsync(Token)).Leases;
        Assert.Equal(finishes ? ["a", "b"] : ["b"], rows.Select(r => r.Lease.ConfigurationKey).Order());
        Assert.Equal(second.Entry.RowTag, rows.Single(r => r.Kind == LeaseRowKind.Slot).Tag);
        first.Entry.RowTag = stale;
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.WriteAsync([new(first.Entry, LeaseRowKind.Slot, LeaseRowKind.None), Add("c", 3)], Token));
        await table.WriteAsync([new(second.Entry, LeaseRowKind.Slot, LeaseRowKind.None)], Token);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("cuda:0")]
    public async Task What_is_out_of_service_is_read_back_whatever_its_host_is_called(string? device)
    {
        var table = new LeaseTable(azurite.Tables, $"outages-{device}");
        await table.RaiseEpochAsync(Token);
        var outage = new Outage("Größe/1 #2?", device, "drained by alice", new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var entry = new OutageEntry(outage);
        await table.WriteAsync([new(entry, LeaseRowKind.None, LeaseRowKind.Outage)], Token);
        var rows = await table.ListAsync(Token);
        Assert.Equal((outage, 0), (Assert.Single(rows.Outages).Outage, rows.Leases.Count));
        await table.WriteAsync([new(entry, LeaseRowKind.Outage, LeaseRowKind.None)], Token);
        Assert.Empty((await table.ListAsync(Token)).Outages);
    }

    [Fact]
    public async Task An_outcome_inserted_twice_is_stored_once_and_another_one_is_an_alarm()
    {
        var table = new ResultTable(azurite.Tables, NullLogger<ResultTable>.Instance);
        var job = Job("twice", 3);
        await table.InsertAsync(job, [new(0, "x"), new(1, "y")], Token);
        Assert.False(await table.HasAllAsync(job, Token));
        await table.InsertAsync(job, [new(0, "x"), new(1, "y"), new(2, "z")], Token);
        Assert.True(await table.HasAllAsync(job, Token));
        Assert.Equal(["x", "y", "z"], (await table.ListAsync(job.SweepId, Token)).OrderBy(r => r.Replica).Select(r => r.Payload));
        await Assert.ThrowsAsync<ResultConflictException>(() => table.InsertAsync(job, [new(1, "other")], Token));
    }

    [Fact]
    public async Task Outcomes_of_several_configurations_go_together_all_or_none()
    {
        var table = new ResultTable(azurite.Tables, NullLogger<ResultTable>.Instance);
        RecordedOutcomes[] group = [.. "abc".Select(c => new RecordedOutcomes(Job("together", 1) with { Key = $"together.{c}", SettingsHash = new(c, 64) }, [new(0, $"{c}")]))];
        await table.InsertAsync(group[1].Job, group[1].Outcomes, Token);
        Assert.False(await table.TryInsertAsync(group, Token));
        Assert.Single(await table.ListAsync("together", Token));
        Assert.True(await table.TryInsertAsync([group[0], group[2]], Token));
        Assert.Equal(["a", "b", "c"], (await table.ListAsync("together", Token)).Select(r => r.Payload).Order());
        Assert.False(ResultTable.Fits(group, group[1]));
        Assert.True(ResultTable.Fits([group[0]], group[1]));
        Assert.False(ResultTable.Fits([group[0]], group[1] with { Outcomes = [.. Enumerable.Range(0, 100).Select(r => new ReplicaOutcome(r, ""))] }));
        Assert.False(ResultTable.Fits([group[0]], group[1] with { Outcomes = [new(0, new string('x', 2_000_000))] }));
    }

    [Fact]
    public async Task Attempts_go_together_all_or_none()
    {
        var table = new AttemptTable(azurite.Tables);
        EndedAttempt[] group = [.. Enumerable.Range(1, 3).Select(n => new EndedAttempt(
            Job("attempts-together", 1), new(n, "t", "h", "cpu", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, AttemptEnd.Crashed, "boom", 1, 2, 3), n == 2 ? "given up" : null))];
        Assert.True(await table.TryInsertAsync(group, Token));
        Assert.False(await table.TryInsertAsync(group, Token));
        Assert.Equal([null, "given up", null], (await table.ListAsync("attempts-together", Token)).OrderBy(a => a.Row.Run.Attempt).Select(a => a.FailedBecause));
        Assert.False(AttemptTable.Fits(group, group[2]));
        Assert.True(AttemptTable.Fits(group[..2], group[2]));
    }

    [Fact]
    public async Task A_curve_of_any_length_fits()
    {
        var table = new ResultTable(azurite.Tables, NullLogger<ResultTable>.Instance);
        var job = Job("long", 1);
        var payload = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i * 7919 % 104729:x}"));
        await table.InsertAsync(job, [new(0, payload)], Token);
        Assert.Equal(payload, Assert.Single(await table.ListAsync(job.SweepId, Token)).Payload);
    }

    [Fact]
    public async Task An_attempt_is_stored_once_with_the_reason_of_a_failure()
    {
        var table = new AttemptTable(azurite.Tables);
        var run = new RunRecord(2, "t", "h", "cpu", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, AttemptEnd.Crashed, "boom", 1, 2, 3);
        await table.InsertAsync(Job("attempts", 1), run, "given up", Token);
        await table.InsertAsync(Job("attempts", 1), run, "given up", Token);
        var (row, failed) = Assert.Single(await table.ListAsync("attempts", Token));
        Assert.Equal((run, "given up"), (row.Run, failed));
    }

    private static ConfigurationJob Job(string sweep, int replicas) => new($"{sweep}.m=8", "s", sweep, Stage.Grid, 8, "2^-9", replicas, new string('a', 64), "{}", 1, 60);

    private static LeaseWrite Add(string key, int sequence, string slot = "cpu-0") =>
        new(new LeaseEntry(new(key, new(1, sequence, Guid.Empty), "127.0.0.1:1@1", slot, "cpu"), "s", 1, LeasePhase.Granting, default), LeaseRowKind.None, LeaseRowKind.Slot);
}
