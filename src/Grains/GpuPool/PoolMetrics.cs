using System.Diagnostics.Metrics;

namespace SmallBatch.Grains.GpuPool;

/// <summary>
/// The pool's numbers, told by the silo that has the pool's grain and by no other: where the grain has left they are gone with the next
/// scrape, and no sum over silos counts a device twice.
/// </summary>
internal sealed class PoolMetrics
{
    private volatile Told? told;

    public PoolMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterNames.SmallBatch);
        meter.CreateObservableGauge("smallbatch.pool.epoch", () => Tell(t => [new(t.Epoch)]), null, "Number of the pool's activation");
        meter.CreateObservableGauge("smallbatch.pool.hosts", () => Tell(t => [new(t.Figures.Hosts)]), null, "Hosts that speak to the pool");
        meter.CreateObservableGauge("smallbatch.devices", () => Tell(t => t.Figures.Devices.Select(d => Of(d.Value, d.Key.Class, "state", d.Key.State))), null, "Devices by numerics class and state");
        meter.CreateObservableGauge("smallbatch.slots", () => Tell(t => t.Figures.Slots.Select(s => Of(s.Value, s.Key.Class, "state", s.Key.State))), null, "Slots by numerics class and state");
        meter.CreateObservableGauge("smallbatch.slots.wanted", () => Tell(t => t.Figures.Wanted().Select(w => new Measurement<long>(w.Slots, ClassTag(w.Class)))), null, "Slots that are leased or waited for, by numerics class");
        meter.CreateObservableGauge("smallbatch.leases", () => Tell(t => t.Figures.Leases.Select(l => new Measurement<long>(l.Value, new KeyValuePair<string, object?>("phase", l.Key.Label())))), null, "Leases by phase");
        meter.CreateObservableGauge("smallbatch.queue", () => Tell(t => t.Figures.Queue.Select(q => Of(q.Value, q.Key.Class, "reason", q.Key.Reason))), null, "Configurations that wait for a slot, by numerics class and reason");
    }

    /// <summary>What an activation has counted.</summary>
    public void Publish(PoolBook book) => told = new(book, book.Epoch, book.Figures());

    /// <summary>That activation is over; one that has taken its place here speaks on.</summary>
    public void Leave(PoolBook book)
    {
        if (told?.Book == book)
        {
            told = null;
        }
    }

    private IEnumerable<Measurement<long>> Tell(Func<Told, IEnumerable<Measurement<long>>> tell) => told is { } now ? tell(now) : [];

    private static Measurement<long> Of<T>(int value, string numericsClass, string name, T key)
        where T : struct, Enum => new(value, ClassTag(numericsClass), new(name, key.Label()));

    private static KeyValuePair<string, object?> ClassTag(string numericsClass) => new("class", numericsClass);

    private sealed record Told(PoolBook Book, long Epoch, PoolFigures Figures);
}
