using System.Globalization;
using System.Net;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs.Models;
using SmallBatch.AzureStorage.Tests.Clustering;
using SmallBatch.AzureStorage.Tests.GrainState;
using SmallBatch.AzureStorage.Tests.Reminders;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests;

/// <summary>
/// Rows and blobs as two silos wrote them through Microsoft's packages: ours read them, and write the same columns of the
/// same types, so that a site can switch either way.
/// </summary>
public sealed class GoldenRowTests(AzuriteFixture azurite)
{
    /// <summary>The grain whose key has every character that a key of a table may not have.</summary>
    private static readonly GrainId Grain = GrainId.Parse("sweep-config/ds#1/m=32?lr=0.1", CultureInfo.InvariantCulture);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silo_rows_are_read_and_written_column_by_column()
    {
        // The partition is our own; Microsoft's rows bore gold-c.
        var cluster = $"gold-{Guid.NewGuid():N}";
        var golden = new[]
        {
            new TableEntity(cluster, "!Start") { ["DeploymentId"] = cluster, ["MembershipVersion"] = "6", ["Status"] = "Active" },
            SiloRow(cluster, "21111", "154479548", "23000", "silo-0", "2026-11-23 22:59:10.928 GMT", "2026-11-23 22:59:08.886 GMT", "Active", "", ""),
            SiloRow(cluster, "21112", "154479551", "23001", "silo-1", "2026-11-23 22:59:13.127 GMT", "2026-11-23 22:59:11.079 GMT", "Dead", "127.0.0.1:21112@154479551", "2026-11-23 22:59:13.127 GMT"),
            new TableEntity(cluster, "VersionRow") { ["DeploymentId"] = cluster, ["MembershipVersion"] = "6" },
            new TableEntity(cluster, "~End") { ["DeploymentId"] = cluster, ["MembershipVersion"] = "6", ["Status"] = "Active" },
        };
        var rows = await StoreAsync("OrleansSiloInstances", golden);
        var table = AzureClustering.Table(azurite, cluster);
        var data = await table.ReadAllAsync(Token);
        var dead = data.Members.Single(m => m.Item1.Status == SiloStatus.Dead).Item1;
        Assert.Equal(6, data.Version.Version);
        Assert.Equal((SiloAddress.New(IPAddress.Loopback, 21112, 154479551), "vm", "silo-1", "golden", 23001), (dead.SiloAddress, dead.HostName, dead.SiloName, dead.RoleName, dead.ProxyPort));
        Assert.Equal(new DateTime(2026, 11, 23, 22, 59, 13, 127), Assert.Single(dead.SuspectTimes!).Item2);

        // Written again unchanged, each row is what it was; boundary rows lose the status that the 10.4 cycle dropped.
        foreach (var member in data.Members)
        {
            var now = await table.ReadAllAsync(Token);
            Assert.True(await table.UpdateRowAsync(member.Item1, now.Version.VersionEtag, now.Version.Next(), Token));
        }

        foreach (var was in golden)
        {
            var row = (await rows.GetEntityAsync<TableEntity>(cluster, was.RowKey, cancellationToken: Token)).Value;
            var expected = was.ToDictionary();
            if (expected.ContainsKey("MembershipVersion"))
            {
                expected["MembershipVersion"] = "8";
                expected.Remove("Status");
            }

            AssertSameColumns(expected, row);
        }
    }

    [Fact]
    public async Task Reminder_rows_are_read_and_written_column_by_column()
    {
        var service = $"gold-{Guid.NewGuid():N}";
        var golden = new TableEntity($"{service}_6010B086", "sweep-config_ds_1_m=32_lr=0.1-watch_dog_1")
        {
            ["DeploymentId"] = "gold-c",
            ["GrainRefConsistentHash"] = "6010B086",
            ["GrainReference"] = "sweep-config/ds#1/m=32?lr=0.1",
            ["Period"] = "00:05:00",
            ["ReminderName"] = "watch#dog/1",
            ["ServiceId"] = service,
            ["StartAt"] = "2026-11-23 23:04:12.722 GMT",
        };
        var rows = await StoreAsync("OrleansReminders", golden);
        var table = AzureReminderTests.On(azurite.Tables, service);
        await table.StartAsync(Token);
        var read = (await table.ReadRow(Grain, "watch#dog/1", Token))!;
        Assert.Equal((Grain, "watch#dog/1", TimeSpan.FromMinutes(5), new DateTime(2026, 11, 23, 23, 4, 12, 722)), (read.GrainId, read.ReminderName, read.Period, read.StartAt));
        Assert.Single((await table.ReadRows(0x6010B085, 0x6010B086, Token)).Reminders);
        Assert.True(await table.RemoveRow(Grain, "watch#dog/1", read.ETag!, Token));
        await table.UpsertRow(read, Token);
        AssertSameColumns(golden.ToDictionary(), (await rows.GetEntityAsync<TableEntity>(golden.PartitionKey, golden.RowKey, cancellationToken: Token)).Value);
    }

    [Theory]
    [InlineData(false, "OrleansGrainState")]
    [InlineData(true, "OrleansGrainStateStr")]
    public async Task State_rows_are_read_and_written_column_by_column(bool text, string table)
    {
        // A note of our own in the place of the golden S: what a payload means is the serialiser's affair.
        var payload = new string('x', 100_316 - 10) + "|AQI=";
        var name = $"cfg-{Guid.NewGuid():N}";
        var golden = new TableEntity("gold-s_sweep-config_ds_1_m=32_lr=0.1", name);
        var size = text ? 32_768 : 65_536;
        for (var chunk = 0; chunk * size < payload.Length; chunk++)
        {
            var part = payload[(chunk * size)..Math.Min(payload.Length, (chunk + 1) * size)];
            golden[(text ? "StringData" : "Data") + (chunk == 0 ? "" : $"{chunk}")] = text ? part : Encoding.UTF8.GetBytes(part);
        }

        var rows = await StoreAsync(table, golden);
        var storage = await TestStorages.TableAsync(azurite.Tables, o => (o.UseStringFormat, o.TableName, o.GrainStorageSerializer) = (text, table, TestSerializers.Text));
        var state = new GrainState<Note>();
        await storage.ReadStateAsync(name, Grain, state, Token);
        Assert.Equal((true, 100_306), (state.RecordExists, state.State!.Text.Length));
        await storage.WriteStateAsync(name, Grain, state, Token);
        AssertSameColumns(golden.ToDictionary(), (await rows.GetEntityAsync<TableEntity>(golden.PartitionKey, name, cancellationToken: Token)).Value);
    }

    [Fact]
    public async Task A_cleared_row_without_columns_reads_as_new_with_its_tag()
    {
        var name = $"cfg-{Guid.NewGuid():N}";
        var rows = await StoreAsync("OrleansGrainState", new TableEntity("gold-s_sweep-config_big", name));
        var state = new GrainState<Note>();
        await (await TestStorages.TableAsync(azurite.Tables)).ReadStateAsync(name, GrainId.Parse("sweep-config/big", CultureInfo.InvariantCulture), state);
        var row = (await rows.GetEntityAsync<TableEntity>("gold-s_sweep-config_big", name, cancellationToken: Token)).Value;
        Assert.Equal((false, row.ETag.ToString()), (state.RecordExists, state.ETag));
    }

    [Fact]
    public async Task Blobs_are_read_and_written_under_the_same_name_and_type()
    {
        var container = azurite.Blobs.GetBlobContainerClient("grainstate");
        await container.CreateIfNotExistsAsync(cancellationToken: Token);
        var name = $"cfg{Guid.NewGuid():N}";
        var blob = container.GetBlobClient($"{name}-sweep-config/ds#1/m=32?lr=0.1.json");
        await blob.UploadAsync(new BinaryData("golden|AQI="), new BlobUploadOptions { HttpHeaders = new() { ContentType = "application/octet-stream" } }, Token);
        var storage = await TestStorages.BlobAsync(azurite.Blobs, o => o.GrainStorageSerializer = TestSerializers.Text);
        var state = new GrainState<Note>();
        await storage.ReadStateAsync(name, Grain, state, Token);
        var stored = (await blob.GetPropertiesAsync(cancellationToken: Token)).Value;
        Assert.Equal(("golden", stored.ETag.ToString().Trim('"')), (state.State!.Text, state.ETag));
        Assert.StartsWith("0x", state.ETag, StringComparison.Ordinal);
        state.State = new("ours", [1, 2]);
        await storage.WriteStateAsync(name, Grain, state, Token);
        var download = (await blob.DownloadContentAsync(Token)).Value;
        Assert.Equal(("ours|AQI=", "application/octet-stream", BlobType.Block), (download.Content.ToString(), download.Details.ContentType, download.Details.BlobType));
    }

    private static TableEntity SiloRow(string cluster, string port, string generation, string proxyPort, string name, string alive, string start, string status, string suspecting, string times) =>
        new(cluster, $"127.0.0.1-{port}-{generation}")
        {
            ["Address"] = "127.0.0.1",
            ["DeploymentId"] = cluster,
            ["FaultZone"] = "0",
            ["Generation"] = generation,
            ["HostName"] = "vm",
            ["IAmAliveTime"] = alive,
            ["InstanceName"] = name,
            ["Port"] = port,
            ["ProxyPort"] = proxyPort,
            ["RoleName"] = "golden",
            ["SiloName"] = name,
            ["StartTime"] = start,
            ["Status"] = status,
            ["SuspectingSilos"] = suspecting,
            ["SuspectingTimes"] = times,
            ["UpdateZone"] = "0",
        };

    private static void AssertSameColumns(IDictionary<string, object> expected, TableEntity row)
    {
        var actual = row.Where(c => c.Key is not ("Timestamp" or "odata.etag")).ToDictionary();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, c => Assert.Equal((c.Value.GetType(), Text(c.Value)), (actual[c.Key].GetType(), Text(actual[c.Key]))));
    }

    private static string Text(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : (string)value;

    private async Task<TableClient> StoreAsync(string name, params TableEntity[] rows)
    {
        await azurite.Tables.CreateTableIfNotExistsAsync(name, Token);
        var table = azurite.Tables.GetTableClient(name);
        foreach (var row in rows)
        {
            await table.AddEntityAsync(row, Token);
        }

        return table;
    }
}
