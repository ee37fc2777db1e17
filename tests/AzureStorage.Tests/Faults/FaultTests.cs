using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Orleans.Storage;
using SmallBatch.AzureStorage.Tests.Clustering;
using SmallBatch.AzureStorage.Tests.GrainState;
using SmallBatch.AzureStorage.Tests.Reminders;
using SmallBatch.AzureStorage.Writes;
using SmallBatch.Tests;

namespace SmallBatch.AzureStorage.Tests.Faults;

/// <summary>What networks do to writes: nothing is lost, nothing is answered for a value that is not there, and an unknown outcome is read back.</summary>
public sealed class FaultTests(AzuriteFixture azurite)
{
    private readonly GrainId grain = GrainId.Create("fault", Guid.NewGuid().ToString("N"));

    public static TheoryData<string, string> Faults
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var store in new[] { "table", "blob" })
            {
                foreach (var fault in Kinds.Keys)
                {
                    data.Add(store, fault);
                }
            }

            return data;
        }
    }

    private static Dictionary<string, Fault> Kinds { get; } = new()
    {
        ["reset before it arrives"] = Fault.Reset,
        ["answer lost"] = Fault.AnswerLost,
        ["answer cut"] = Fault.AnswerCut,
        ["answer cut in its body"] = Fault.AnswerBodyCut,
        ["request cut in its body"] = Fault.RequestCut,
        ["slow"] = Fault.Slow,
        ["500"] = Fault.Status(500),
        ["503"] = Fault.Status(503),
        ["429"] = Fault.Status(429, "Retry-After: 1\r\n"),
        ["done, but 500"] = Fault.DeliveredBut(500),
        ["done, but 503"] = Fault.DeliveredBut(503),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_on_the_way_costs_no_write_and_no_tag(string store, string fault)
    {
        var left = 0;
        await using var proxy = Proxy(store, line => Writes(line) && Interlocked.Decrement(ref left) >= 0 ? Kinds[fault] : null);
        foreach (var delete in new[] { true, false })
        {
            var storage = await StorageAsync(store, proxy, delete);
            var state = new GrainState<Note>(new("inserted", []));
            await FaultyAsync(() => storage.WriteStateAsync("cfg", grain, state, Token));
            Assert.Equal("inserted", await StoredAsync(store));
            state.State = new("updated", []);
            await FaultyAsync(() => storage.WriteStateAsync("cfg", grain, state, Token));
            Assert.Equal("updated", await StoredAsync(store));
            await FaultyAsync(() => storage.ClearStateAsync("cfg", grain, state, Token));
            Assert.Null(await StoredAsync(store));

            // The tag is the stored one: the next write needs it.
            state.State = new("again", []);
            await storage.WriteStateAsync("cfg", grain, state, Token);
            Assert.Equal("again", await StoredAsync(store));
            await storage.ClearStateAsync("cfg", grain, state, Token);
        }

        async Task FaultyAsync(Func<Task> write)
        {
            left = 1;
            var clock = Stopwatch.StartNew();
            await write();
            Assert.True(left <= 0, "No write came by.");
            Assert.True(fault != "429" || clock.Elapsed > TimeSpan.FromSeconds(0.9), "Retry-After: 1 was not waited for.");
        }
    }

    [Theory]
    [InlineData("table")]
    [InlineData("blob")]
    public async Task A_read_that_breaks_off_in_the_midst_of_its_payload_is_read_again(string store)
    {
        var left = 1;
        var payload = new byte[300_000];
        new Random(2).NextBytes(payload);
        await using var proxy = Proxy(store, line => line.StartsWith("GET ", StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0 ? Fault.AnswerLost with { AnswerBytes = 150_000 } : null);
        await (await StorageAsync(store, null, true)).WriteStateAsync("cfg", grain, new GrainState<Note>(new("whole", payload)), Token);
        var state = new GrainState<Note>();
        await (await StorageAsync(store, proxy, true)).ReadStateAsync("cfg", grain, state, Token);
        Assert.Equal(("whole", true), (state.State!.Text, left <= 0));
        Assert.Equal(payload, state.State.Payload);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("blob")]
    public async Task A_write_whose_every_answer_is_lost_is_read_back(string store)
    {
        await using var proxy = Proxy(store, line => Writes(line) ? Fault.AnswerLost : null);
        var storage = await StorageAsync(store, proxy, deleteStateOnClear: true);
        var state = new GrainState<Note>(new("x", []));
        await storage.WriteStateAsync("cfg", grain, state, Token);
        Assert.Equal("x", await StoredAsync(store));
        state.State = new("y", []);
        await storage.WriteStateAsync("cfg", grain, state, Token);
        Assert.Equal("y", await StoredAsync(store));
        await storage.ClearStateAsync("cfg", grain, state, Token);
        Assert.Null(await StoredAsync(store));
    }

    [Theory]
    [InlineData("table")]
    [InlineData("blob")]
    public async Task A_write_that_never_arrives_is_an_error_and_no_contention(string store)
    {
        await using var proxy = Proxy(store, line => Writes(line) ? Fault.Status(503) : null);
        var storage = await StorageAsync(store, proxy, deleteStateOnClear: true);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("x", [])), Token));
        Assert.IsNotType<InconsistentStateException>(failure, exactMatch: false);
        Assert.Null(await StoredAsync(store));
    }

    [Theory]
    [InlineData("table")]
    [InlineData("blob")]
    public async Task Somebody_else_s_write_between_two_tries_is_contention(string store)
    {
        IGrainStorage? direct = null;
        var others = 1;
        await using var proxy = Proxy(store, line =>
        {
            if (!Writes(line) || Interlocked.Decrement(ref others) != 0)
            {
                return null;
            }

            var state = new GrainState<Note>();
            direct!.ReadStateAsync("cfg", grain, state).GetAwaiter().GetResult();
            state.State = new("somebody else", []);
            direct.WriteStateAsync("cfg", grain, state).GetAwaiter().GetResult();
            return Fault.Status(503);
        });
        direct = await StorageAsync(store, null, deleteStateOnClear: true);
        var storage = await StorageAsync(store, proxy, deleteStateOnClear: true);
        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("cfg", grain, new GrainState<Note>(new("ours", [])), Token));
        Assert.Equal("somebody else", await StoredAsync(store));
    }

    [Theory]
    [InlineData("answer lost")]
    [InlineData("answer cut")]
    [InlineData("answer cut in its body")]
    [InlineData("request cut in its body")]
    [InlineData("reset before it arrives")]
    [InlineData("503")]
    [InlineData("429")]
    [InlineData("done, but 503")]
    public async Task A_silo_s_row_is_written_once_and_known_to_be(string fault)
    {
        var left = 0;
        var cluster = $"f{Guid.NewGuid():N}";
        await using var proxy = Proxy("table", line => Writes(line) && Interlocked.Decrement(ref left) >= 0 ? Kinds[fault] : null);
        await AzureClustering.FillAsync(azurite, cluster, []);
        var table = AzureClustering.Table(Tables(proxy), cluster);
        var entry = Silo();
        var version = (await table.ReadAllAsync(Token)).Version;
        left = 1;
        Assert.True(await table.InsertRowAsync(entry, version.Next(), Token));
        entry.Status = SiloStatus.Active;
        version = (await table.ReadAllAsync(Token)).Version;
        left = 1;
        Assert.True(await table.UpdateRowAsync(entry, version.VersionEtag, version.Next(), Token));
        var data = await table.ReadAllAsync(Token);
        Assert.Equal((2, SiloStatus.Active), (data.Version.Version, data.Members.Single().Item1.Status));
        Assert.False(await table.UpdateRowAsync(entry, version.VersionEtag, version.Next(), Token));
    }

    [Fact]
    public async Task A_membership_write_that_never_arrives_is_an_outage_and_no_contention()
    {
        var cluster = $"f{Guid.NewGuid():N}";
        await using var proxy = Proxy("table", line => Writes(line) ? Fault.Status(503) : null);
        await AzureClustering.FillAsync(azurite, cluster, []);
        var table = AzureClustering.Table(Tables(proxy), cluster);
        var version = (await table.ReadAllAsync(Token)).Version;
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.InsertRowAsync(Silo(), version.Next(), Token));
        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.UpdateIAmAliveAsync(Silo(), Token));
        Assert.Empty((await table.ReadAllAsync(Token)).Members);
    }

    [Fact]
    public async Task A_membership_write_that_another_silo_s_came_before_is_contention()
    {
        var cluster = $"f{Guid.NewGuid():N}";
        var others = 1;
        await AzureClustering.FillAsync(azurite, cluster, [Silo()]);
        var direct = AzureClustering.Table(azurite, cluster);
        var another = Silo();
        another.SiloAddress = SiloAddress.New(IPAddress.Loopback, 5002, 2);
        var version = (await direct.ReadAllAsync(Token)).Version;
        await using var proxy = Proxy("table", line =>
        {
            if (!Writes(line) || Interlocked.Decrement(ref others) != 0)
            {
                return null;
            }

            Assert.True(direct.InsertRowAsync(another, version.Next()).GetAwaiter().GetResult());
            return Fault.Reset;
        });
        var active = Silo();
        active.Status = SiloStatus.Active;
        Assert.False(await AzureClustering.Table(Tables(proxy), cluster).UpdateRowAsync(active, version.VersionEtag, version.Next(), Token));
        var data = await direct.ReadAllAsync(Token);
        Assert.Equal((1, 2), (data.Version.Version, data.Members.Count));
        Assert.All(data.Members, m => Assert.Equal(SiloStatus.Joining, m.Item1.Status));
    }

    [Fact]
    public async Task A_membership_write_of_the_very_row_that_is_stored_is_contention_once_others_went_past_its_version()
    {
        var cluster = $"f{Guid.NewGuid():N}";
        var others = 1;
        await AzureClustering.FillAsync(azurite, cluster, [Silo()]);
        var direct = AzureClustering.Table(azurite, cluster);
        var version = (await direct.ReadAllAsync(Token)).Version;
        await using var proxy = Proxy("table", line =>
        {
            if (!Writes(line) || Interlocked.Decrement(ref others) != 0)
            {
                return null;
            }

            for (var generation = 2; generation <= 3; generation++)
            {
                var another = Silo();
                another.SiloAddress = SiloAddress.New(IPAddress.Loopback, 5000 + generation, generation);
                Assert.True(direct.InsertRowAsync(another, direct.ReadAllAsync().GetAwaiter().GetResult().Version.Next()).GetAwaiter().GetResult());
            }

            return Fault.Reset;
        });
        Assert.False(await AzureClustering.Table(Tables(proxy), cluster).UpdateRowAsync(Silo(), version.VersionEtag, version.Next(), Token));
        Assert.Equal(2, (await direct.ReadAllAsync(Token)).Version.Version);
    }

    [Fact]
    public async Task A_reminder_table_waits_for_its_store_and_so_do_its_callers()
    {
        var refused = 0;
        await using var proxy = Proxy("table", line => line.StartsWith("POST ", StringComparison.Ordinal) && line.Contains("/Tables", StringComparison.Ordinal) && Interlocked.Increment(ref refused) <= 5 ? Fault.Status(503) : null);
        var table = AzureReminderTests.On(Tables(proxy), $"f{Guid.NewGuid():N}");
        var read = table.ReadRows(0, 0, Token);
        Assert.False(read.IsCompleted);
        await table.StartAsync(Token);
        Assert.Empty((await read).Reminders);
        Assert.True(refused > 5);
    }

    [Theory]
    [InlineData("answer lost")]
    [InlineData("done, but 500")]
    public async Task A_reminder_s_removal_is_known_to_be_ours(string fault)
    {
        var left = 0;
        await using var proxy = Proxy("table", line => Writes(line) && Interlocked.Decrement(ref left) >= 0 ? Kinds[fault] : null);
        var table = AzureReminderTests.On(Tables(proxy), $"f{Guid.NewGuid():N}");
        await table.StartAsync(Token);
        left = 1;
        var tag = await table.UpsertRow(new() { GrainId = grain, ReminderName = "r", StartAt = DateTime.UnixEpoch, Period = TimeSpan.FromMinutes(1) }, Token);
        Assert.Equal(tag, (await table.ReadRow(grain, "r", Token))!.ETag);
        left = 1;
        Assert.True(await table.RemoveRow(grain, "r", tag!, Token));
        Assert.Null(await table.ReadRow(grain, "r", Token));
    }

    private static MembershipEntry Silo() => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 5001, 1),
        Status = SiloStatus.Joining,
        HostName = "h",
        SiloName = "s",
        StartTime = DateTime.UnixEpoch,
        IAmAliveTime = DateTime.UnixEpoch,
    };

    private static bool Writes(string line) => !line.StartsWith("GET ", StringComparison.Ordinal) && !line.StartsWith("HEAD ", StringComparison.Ordinal)
        && !line.Contains("/Tables", StringComparison.Ordinal) && !line.Contains("restype=container", StringComparison.Ordinal);

    private FaultyProxy Proxy(string store, Func<string, Fault?> choose) => new(Port(store), choose);

    private int Port(string store) => int.Parse(
        Regex.Match(azurite.ConnectionString, (store == "table" ? "TableEndpoint" : "BlobEndpoint") + @"=http://127\.0\.0\.1:(\d+)/").Groups[1].Value, CultureInfo.InvariantCulture);

    private string Through(FaultyProxy proxy, string store) => azurite.ConnectionString.Replace($":{Port(store)}/", $":{proxy.Port}/", StringComparison.Ordinal);

    private TableServiceClient Tables(FaultyProxy proxy) => new(Through(proxy, "table"), Impatient(new TableClientOptions()).WithRetryTracking());

    private async Task<IGrainStorage> StorageAsync(string store, FaultyProxy? proxy, bool deleteStateOnClear) => store == "table"
        ? await TestStorages.TableAsync(proxy is null ? azurite.Tables : Tables(proxy), o => o.DeleteStateOnClear = deleteStateOnClear)
        : await TestStorages.BlobAsync(
            proxy is null ? azurite.Blobs : new BlobServiceClient(Through(proxy, "blob"), Impatient(new BlobClientOptions()).WithRetryTracking()), o => o.DeleteStateOnClear = deleteStateOnClear);

    private async Task<string?> StoredAsync(string store)
    {
        var state = new GrainState<Note>();
        await (await StorageAsync(store, null, true)).ReadStateAsync("cfg", grain, state, Token);
        return state.RecordExists ? state.State!.Text : null;
    }

    private static T Impatient<T>(T options)
        where T : ClientOptions
    {
        (options.Retry.Delay, options.Retry.MaxDelay, options.Retry.MaxRetries) = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), 3);
        return options;
    }
}
