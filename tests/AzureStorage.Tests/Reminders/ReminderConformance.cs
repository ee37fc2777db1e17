namespace SmallBatch.AzureStorage.Tests.Reminders;

/// <summary>What Orleans expects of any reminder table, on a real Azurite.</summary>
public abstract class ReminderConformance
{
    private readonly string service = $"s{Guid.NewGuid():N}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reminder_reads_back_and_each_write_has_a_new_tag()
    {
        var table = await TableAsync();
        var entry = Entry("Größe 你好", "watch#dog/1");
        var first = await table.UpsertRow(entry, Token);
        var read = await table.ReadRow(entry.GrainId, entry.ReminderName, Token);
        Assert.Equal((entry.GrainId, entry.ReminderName, entry.StartAt, entry.Period, first), (read!.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        var second = await table.UpsertRow(entry, Token);
        Assert.NotEqual(first, second);
        Assert.False(string.IsNullOrEmpty(second));
    }

    [Fact]
    public async Task Writes_of_one_reminder_at_once_all_succeed_with_tags_of_their_own()
    {
        var table = await TableAsync();
        var tags = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => table.UpsertRow(Entry("a"), Token)));
        Assert.Equal(8, tags.Where(t => !string.IsNullOrEmpty(t)).Distinct().Count());
        Assert.Contains((await table.ReadRow(Entry("a").GrainId, "backstop", Token))!.ETag, tags);
    }

    [Fact]
    public async Task A_later_write_changes_period_and_start()
    {
        var table = await TableAsync();
        await table.UpsertRow(Entry("a"), Token);
        var later = Entry("a");
        (later.Period, later.StartAt) = (TimeSpan.FromDays(40) + TimeSpan.FromMilliseconds(1), later.StartAt.AddDays(1));
        await table.UpsertRow(later, Token);
        var read = await table.ReadRow(later.GrainId, later.ReminderName, Token);
        Assert.Equal((later.Period, later.StartAt), (read!.Period, read.StartAt));
    }

    [Fact]
    public async Task Only_the_current_tag_removes()
    {
        var table = await TableAsync();
        var entry = Entry("a");
        var stale = await table.UpsertRow(entry, Token);
        var current = await table.UpsertRow(entry, Token);
        Assert.False(await table.RemoveRow(entry.GrainId, entry.ReminderName, stale!, Token));
        Assert.False(await table.RemoveRow(entry.GrainId, entry.ReminderName, "", Token));
        Assert.False(await table.RemoveRow(entry.GrainId, entry.ReminderName, null!, Token));
        Assert.True(await table.RemoveRow(entry.GrainId, entry.ReminderName, current!, Token));
        Assert.False(await table.RemoveRow(entry.GrainId, entry.ReminderName, current!, Token));
        Assert.Null(await table.ReadRow(entry.GrainId, entry.ReminderName, Token));
    }

    [Fact]
    public async Task Ranges_of_the_ring_are_open_below_closed_above_and_wrap_around()
    {
        var table = await TableAsync();
        var entries = Enumerable.Range(0, 20).Select(i => Entry($"g{i}")).ToList();
        await Task.WhenAll(entries.Select(e => table.UpsertRow(e, Token)));
        await (await TableAsync(service + "x")).UpsertRow(Entry("stranger"), Token);
        var hashes = entries.Select(e => e.GrainId.GetUniformHashCode()).Order().ToList();
        foreach (var (begin, end) in new[] { (hashes[3], hashes[12]), (hashes[12], hashes[3]), (0u, 0u), (hashes[5], hashes[5]), (0u, hashes[4]), (hashes[4], 0u), (hashes[4], uint.MaxValue), (hashes[19], hashes[0]) })
        {
            var expected = hashes.Where(h => begin < end ? h > begin && h <= end : begin == end || h > begin || h <= end);
            Assert.Equal(expected, (await table.ReadRows(begin, end, Token)).Reminders.Select(r => r.GrainId.GetUniformHashCode()).Order());
        }
    }

    [Fact]
    public async Task A_grain_sees_its_own_reminders_only()
    {
        var table = await TableAsync();
        await table.UpsertRow(Entry("a"), Token);
        await table.UpsertRow(Entry("a", "other"), Token);
        await table.UpsertRow(Entry("a-b"), Token);
        Assert.Equal(["backstop", "other"], (await table.ReadRows(Entry("a").GrainId, Token)).Reminders.Select(r => r.ReminderName).Order());
        Assert.Empty((await table.ReadRows(Entry("nobody").GrainId, Token)).Reminders);
    }

    [Fact]
    public async Task Services_whose_ids_share_a_prefix_do_not_meet()
    {
        var (table, other) = (await TableAsync(), await TableAsync(service + "_1"));
        await table.UpsertRow(Entry("a"), Token);
        Assert.Empty((await other.ReadRows(0, 0, Token)).Reminders);
        await other.TestOnlyClearTable(Token);
        Assert.Single((await table.ReadRows(0, 0, Token)).Reminders);
        await table.TestOnlyClearTable(Token);
        Assert.Empty((await table.ReadRows(0, 0, Token)).Reminders);
    }

    [Fact]
    public async Task A_table_that_was_stopped_refuses_at_once_and_works_again_when_started_again()
    {
        var table = await TableAsync();
        await table.UpsertRow(Entry("a"), Token);
        await table.StartAsync(Token);
        await table.StopAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.ReadRows(Entry("a").GrainId, Token));
        await table.StartAsync(Token);
        Assert.Single((await table.ReadRows(Entry("a").GrainId, Token)).Reminders);
    }

    [Fact]
    public async Task A_start_waits_for_the_store_until_it_is_cancelled()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1.5));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Unreachable().StartAsync(patience.Token));
    }

    /// <summary>A table of this service, made afresh on the same store, not started.</summary>
    protected abstract IReminderTable Table(string serviceId);

    /// <summary>A table on a store that does not answer.</summary>
    protected abstract IReminderTable Unreachable();

    private static ReminderEntry Entry(string key, string name = "backstop") => new()
    {
        GrainId = GrainId.Create("sweep", key),
        ReminderName = name,
        StartAt = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Period = TimeSpan.FromMinutes(5),
    };

    private async Task<IReminderTable> TableAsync(string? id = null)
    {
        var table = Table(id ?? service);
        await table.StartAsync(Token);
        return table;
    }
}
