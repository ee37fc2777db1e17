using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains.GpuPool;

namespace SmallBatch.Grains.Tests;

/// <summary>The pool in numbers, and as metrics.</summary>
public sealed class PoolFiguresTests
{
    private const string Host = "127.0.0.1:1@1";
    private readonly PoolBook book = new(7, () => Guid.Empty, new());

    [Fact]
    public void Slots_are_free_leased_or_out_of_service_and_what_is_wanted_is_what_is_leased_or_waited_for()
    {
        Beat(new("cpu", "core", ["cpu-0", "cpu-1"], "c", null), new("cuda:0", "gpu", ["cuda:0"], "g", "it is lost"));
        foreach (var key in (string[])["a", "b", "d"])
        {
            book.Request(Ask(key, "c"), default);
        }

        book.Request(Ask("e", "g"), default);
        book.Schedule(default);
        var figures = book.Figures();
        Assert.Equal((2, 0, 0), (figures.Slots[("c", SlotState.Leased)], figures.Slots[("c", SlotState.Free)], figures.Slots[("c", SlotState.OutOfService)]));
        Assert.Equal(1, figures.Slots[("g", SlotState.OutOfService)]);
        Assert.Equal((1, 1), (figures.Devices[("c", DeviceState.InService)], figures.Devices[("g", DeviceState.OutOfService)]));
        Assert.Equal((2, 0), (figures.Leases[LeasePhase.Granting], figures.Leases[LeasePhase.Held]));
        Assert.Equal((1, 1), (figures.Queue[("c", WaitReason.Slot)], figures.Queue[("g", WaitReason.OutOfService)]));
        Assert.Equal([("c", 3), ("g", 1)], figures.Wanted().Order());
    }

    [Fact]
    public void Who_waits_for_a_device_of_its_own_or_for_a_class_that_nobody_has_is_counted_apart()
    {
        book.Request(Ask("a", "c"), default);
        Assert.Equal(1, book.Figures().Queue[("c", WaitReason.Host)]);
        Beat(new Device("cpu", "core", ["cpu-0"], "c", null));
        book.Schedule(default);
        book.Request(Ask("b", "c") with { AvoidHosts = [Host] }, default);
        book.Request(Ask("d", "other"), default);
        var queue = book.Figures().Queue;
        Assert.Equal((1, 1), (queue[("c", WaitReason.Alone)], queue[("other", WaitReason.Class)]));
    }

    [Fact]
    public void A_class_that_was_met_keeps_its_series_when_its_hosts_are_gone()
    {
        Beat(new Device("cpu", "core", ["cpu-0"], "c", null));
        Assert.Equal(1, book.Figures().Slots[("c", SlotState.Free)]);
        book.HostDied(Host, "dead", default);
        var figures = book.Figures();
        Assert.Equal((0, 0), (figures.Hosts, figures.Slots[("c", SlotState.Free)]));
        Assert.Equal(Enum.GetValues<SlotState>().Length, figures.Slots.Count);
    }

    [Fact]
    public void A_silo_tells_of_the_pool_while_it_has_its_grain_and_not_longer()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new PoolMetrics(meters);
        Assert.Empty(Read(meters));
        Beat(new Device("cpu", "core", ["cpu-0"], "c", null));
        metrics.Publish(book);
        var told = Read(meters);
        Assert.Equal(7, told["smallbatch.pool.epoch"]);
        Assert.Equal(1, told["smallbatch.slots class=c state=free"]);
        Assert.Equal(0, told["smallbatch.slots class=c state=leased"]);
        Assert.Equal(0, told["smallbatch.slots.wanted class=c"]);
        Assert.Equal(0, told["smallbatch.queue class=c reason=out_of_service"]);

        // Another activation has taken its place here before it was through.
        var next = new PoolBook(8, () => Guid.Empty, new());
        metrics.Publish(next);
        metrics.Leave(book);
        Assert.Equal(8, Read(meters)["smallbatch.pool.epoch"]);
        metrics.Leave(next);
        Assert.Empty(Read(meters));
    }

    private static Dictionary<string, long> Read(IMeterFactory meters)
    {
        var read = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => read[string.Join(' ', [instrument.Name, .. tags.ToArray().Select(t => $"{t.Key}={t.Value}")])] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }

    private static LeaseRequest Ask(string key, string numericsClass) => new(key, "s", 1, numericsClass, 0, 0, null, 1, []);

    private void Beat(params Device[] devices) => book.Heartbeat(new(Host, "host", 1, devices, [], [], false, 0, []), default);
}
