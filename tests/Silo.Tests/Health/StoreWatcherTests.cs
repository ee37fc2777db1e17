using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using SmallBatch.Silo.Health;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Tests.Telemetry;

namespace SmallBatch.Silo.Tests.Health;

public sealed class StoreWatcherTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Measured measured = new();

    [Theory]
    [InlineData(3600, "s ahead of the store's")]
    [InlineData(-3600, "s behind the store's")]
    public async Task A_silo_whose_clock_jumps_is_not_ready_and_says_why_until_the_clock_is_right(int seconds, string complaint)
    {
        var time = new FakeTimeProvider(Noon);
        var jump = TimeSpan.Zero;
        await using var store = await FakeStore.StartAsync(() => time.GetUtcNow() - jump);
        using var watcher = Watcher(store, time);
        Assert.Equal("the store has not answered yet", watcher.Complaint);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(time, () => watcher.Complaint is null);
        jump = TimeSpan.FromSeconds(seconds);
        await UntilAsync(time, () => watcher.Complaint is not null);
        Assert.Contains(complaint, watcher.Complaint, StringComparison.Ordinal);

        // It is known to no better than the time that a request takes, and seconds of this clock go by during one.
        Assert.InRange(int.Parse(Regex.Match(watcher.Complaint!, "[0-9]+(?= s )").Value, CultureInfo.InvariantCulture), 3500, 3700);
        var offset = Assert.Single(measured.Take(), m => m.StartsWith("smallbatch.clock.offset ", StringComparison.Ordinal)).Split(' ')[1];
        Assert.InRange(double.Parse(offset, CultureInfo.InvariantCulture) / Math.Sign(seconds), 3500, 3700);
        Assert.Contains("set it right (NTP)", watcher.Complaint, StringComparison.Ordinal);
        jump = TimeSpan.Zero;
        await UntilAsync(time, () => watcher.Complaint is null);
        Assert.Null(watcher.Remark);
        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => measured.Dispose();

    /// <summary>One second of its time after the other, until the condition holds.</summary>
    private static async Task UntilAsync(FakeTimeProvider time, Func<bool> condition)
    {
        var patience = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), "it has not looked within a minute");
            await Task.Delay(5, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Its recovery is never asked for here: this store loses nothing.</summary>
    private StoreWatcher Watcher(FakeStore store, TimeProvider time) => new(
        new(Options.Create(new StorageSettings { ConnectionString = store.ConnectionString }), new(measured.Meters), TimeProvider.System),
        Options.Create(new ClusterOptions { ClusterId = "c", ServiceId = "s" }),
        new Silo(),
        null!,
        time,
        new(measured.Meters, time),
        NullLogger<StoreWatcher>.Instance);

    private sealed class Silo : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "c";

        public string DnsHostName => "silo";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 1, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
