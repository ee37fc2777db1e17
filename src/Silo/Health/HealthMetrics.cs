using System.Diagnostics.Metrics;
using SmallBatch.Grains;

namespace SmallBatch.Silo.Health;

/// <summary>Whether this silo's store and clock are well.</summary>
internal sealed class HealthMetrics
{
    private readonly TimeProvider time;
    private readonly Counter<long> wentBack;
    private long answeredAt;
    private double secondsAhead;

    public HealthMetrics(IMeterFactory meters, TimeProvider time)
    {
        (this.time, answeredAt) = (time, time.GetTimestamp());
        var meter = meters.Create(MeterNames.SmallBatch);
        meter.CreateObservableGauge("smallbatch.store.silence", () => time.GetElapsedTime(Volatile.Read(ref answeredAt)).TotalSeconds, "s", "Time since the store last answered this silo's canary, which asks each second");
        meter.CreateObservableGauge("smallbatch.clock.offset", () => Volatile.Read(ref secondsAhead), "s", "How far this machine's clock is ahead of the store's");
        wentBack = meter.CreateCounter<long>("smallbatch.store.went_back", null, "How often the store has lost what it had acknowledged");
        wentBack.Add(0);
    }

    /// <summary>The store answered.</summary>
    public void StoreAnswered() => Volatile.Write(ref answeredAt, time.GetTimestamp());

    /// <summary>This machine's clock is that far ahead of the store's.</summary>
    public void ClockIsAhead(TimeSpan offset) => Volatile.Write(ref secondsAhead, offset.TotalSeconds);

    /// <summary>The store went back.</summary>
    public void StoreWentBack() => wentBack.Add(1);
}
