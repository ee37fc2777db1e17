using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SmallBatch.AzureStorage.Reminders;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests;

/// <summary>The contract of reminders, on a real Azurite.</summary>
public sealed class ReminderTests(AzuriteFixture azurite)
{
    private readonly string service = $"s{Guid.NewGuid():N}";

    [Fact]
    public async Task A_reminder_reads_back_and_each_write_has_a_new_tag()
    {
        var table = await TableAsync();
        var entry = Entry("a");
        var first = await table.UpsertRow(entry);
        var read = await table.ReadRow(entry.GrainId, entry.ReminderName);
        Assert.Equal((entry.GrainId, entry.ReminderName, entry.StartAt, entry.Period, first), (read!.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.NotEqual(first, await table.UpsertRow(entry));
    }

    [Fact]
    public async Task Only_the_current_tag_removes()
    {
        var table = await TableAsync();
        var entry = Entry("a");
        var stale = await table.UpsertRow(entry);
        var current = await table.UpsertRow(entry);
        Assert.False(await table.RemoveRow(entry.GrainId, entry.ReminderName, stale!));
        Assert.True(await table.RemoveRow(entry.GrainId, entry.ReminderName, current!));
        Assert.False(await table.RemoveRow(entry.GrainId, entry.ReminderName, current!));
        Assert.Null(await table.ReadRow(entry.GrainId, entry.ReminderName));
    }

    [Fact]
    public async Task Ranges_of_the_ring_are_open_below_closed_above_and_wrap_around()
    {
        var table = await TableAsync();
        var entries = Enumerable.Range(0, 20).Select(i => Entry($"g{i}")).ToList();
        foreach (var entry in entries)
        {
            await table.UpsertRow(entry);
        }

        var hashes = entries.Select(e => e.GrainId.GetUniformHashCode()).Order().ToList();
        foreach (var (begin, end) in new[] { (hashes[3], hashes[12]), (hashes[12], hashes[3]), (0u, 0u), (hashes[5], hashes[5]) })
        {
            var expected = hashes.Where(h => begin < end ? h > begin && h <= end : begin == end || h > begin || h <= end);
            Assert.Equal(expected, (await table.ReadRows(begin, end)).Reminders.Select(r => r.GrainId.GetUniformHashCode()).Order());
        }
    }

    [Fact]
    public async Task A_grain_sees_its_own_reminders_only()
    {
        var table = await TableAsync();
        await table.UpsertRow(Entry("a"));
        await table.UpsertRow(Entry("a", "other"));
        await table.UpsertRow(Entry("a-b"));
        Assert.Equal(["backstop", "other"], (await table.ReadRows(Entry("a").GrainId)).Reminders.Select(r => r.ReminderName).Order());
    }

    [Fact]
    public async Task A_table_that_was_stopped_refuses_at_once_and_works_again_when_started_again()
    {
        var table = await TableAsync();
        await table.UpsertRow(Entry("a"));
        await table.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.ReadRows(Entry("a").GrainId));
        await table.StartAsync(TestContext.Current.CancellationToken);
        Assert.Single((await table.ReadRows(Entry("a").GrainId)).Reminders);
    }

    private static ReminderEntry Entry(string key, string name = "backstop") => new()
    {
        GrainId = GrainId.Create("sweep", key),
        ReminderName = name,
        StartAt = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Period = TimeSpan.FromMinutes(5),
    };

    private async Task<AzureReminderTable> TableAsync()
    {
        var table = new AzureReminderTable(
            Options.Create(new AzureTableReminderStorageOptions { TableServiceClient = azurite.Tables }), Options.Create(new ClusterOptions { ServiceId = service, ClusterId = "c" }), TimeProvider.System);
        await table.StartAsync(TestContext.Current.CancellationToken);
        return table;
    }
}
