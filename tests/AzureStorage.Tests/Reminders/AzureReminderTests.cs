using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Reminders.AzureStorage;
using SmallBatch.AzureStorage.Reminders;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Reminders;

public sealed class AzureReminderTests(AzuriteFixture azurite) : ReminderConformance
{
    protected override IReminderTable Table(string serviceId) => On(azurite.Tables, serviceId);

    protected override IReminderTable Unreachable()
    {
        var options = new TableClientOptions { Retry = { MaxRetries = 0 } };
        return On(new(new Uri("http://127.0.0.1:1/devstoreaccount1"), new TableSharedKeyCredential("devstoreaccount1", "aaaa"), options), "nobody");
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_or_is_another_service_s_costs_no_other_of_its_range()
    {
        var service = $"u{Guid.NewGuid():N}";
        var table = Table(service);
        await table.StartAsync(TestContext.Current.CancellationToken);
        await table.UpsertRow(new() { GrainId = GrainId.Create("sweep", "a"), ReminderName = "backstop", StartAt = DateTime.UnixEpoch, Period = TimeSpan.FromMinutes(1) }, TestContext.Current.CancellationToken);
        await azurite.Tables.GetTableClient("OrleansReminders").AddEntityAsync(
            new TableEntity($"{service}_00000001", "broken") { ["ServiceId"] = service, ["GrainReference"] = "sweep/b", ["ReminderName"] = "x", ["StartAt"] = "soon", ["Period"] = "often" },
            TestContext.Current.CancellationToken);
        await azurite.Tables.GetTableClient("OrleansReminders").AddEntityAsync(
            new TableEntity($"{service}_00000001", "stranger") { ["ServiceId"] = "other", ["GrainReference"] = "sweep/b", ["ReminderName"] = "x", ["StartAt"] = "2026-11-23 23:04:12.722 GMT", ["Period"] = "00:05:00" },
            TestContext.Current.CancellationToken);
        Assert.Equal("backstop", Assert.Single((await table.ReadRows(0, 0, TestContext.Current.CancellationToken)).Reminders).ReminderName);
    }

    [Fact]
    public async Task A_test_s_clearing_takes_the_rows_of_its_own_cluster_alone()
    {
        var service = $"u{Guid.NewGuid():N}";
        var (table, other) = (On(azurite.Tables, service, "one"), On(azurite.Tables, service, "two"));
        await table.StartAsync(TestContext.Current.CancellationToken);
        await other.StartAsync(TestContext.Current.CancellationToken);
        foreach (var (at, key) in new[] { (table, "a"), (other, "b") })
        {
            await at.UpsertRow(new() { GrainId = GrainId.Create("sweep", key), ReminderName = "backstop", StartAt = DateTime.UnixEpoch, Period = TimeSpan.FromMinutes(1) }, TestContext.Current.CancellationToken);
        }

        await table.TestOnlyClearTable(TestContext.Current.CancellationToken);
        Assert.Equal("b", Assert.Single((await table.ReadRows(0, 0, TestContext.Current.CancellationToken)).Reminders).GrainId.Key.ToString());
    }

    internal static AzureReminderTable On(TableServiceClient tables, string serviceId, string clusterId = "gold-c") => new(
        Options.Create(new AzureTableReminderStorageOptions { TableServiceClient = tables }), Options.Create(new ClusterOptions { ServiceId = serviceId, ClusterId = clusterId }), TimeProvider.System, NullLogger<AzureReminderTable>.Instance);
}
