using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Grains;

namespace SmallBatch.Silo.Trainers;

/// <summary>What this silo's trainers do. A device has its series from when it is found, zeros included.</summary>
internal sealed class TrainerMetrics
{
    private readonly ConcurrentDictionary<string, (string Device, double ImagesPerSecond)> slots = new(StringComparer.Ordinal);
    private readonly Counter<long> steps;
    private readonly Counter<long> started;
    private readonly Counter<long> failures;
    private readonly Histogram<double> checkpointTime;
    private readonly Histogram<long> checkpointSize;
    private volatile Func<double>? silence;

    public TrainerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterNames.SmallBatch);
        meter.CreateObservableGauge("smallbatch.training.images_per_second", Paces, null, "Training images a second of all that trains on a device, as last told");
        meter.CreateObservableGauge("smallbatch.pool.silence", Silence, "s", "Time since the pool last answered this host");
        steps = meter.CreateCounter<long>("smallbatch.training.steps", null, "Updates done on a device, those done again after a loss included");
        started = meter.CreateCounter<long>("smallbatch.trainers.started", null, "Trainer processes that started");
        failures = meter.CreateCounter<long>("smallbatch.device.failures", null, "Trainings that a device failed, by kind");
        checkpointTime = meter.CreateHistogram(
            "smallbatch.checkpoint",
            "s",
            "Time to write a checkpoint, in which nothing trains; to store and commit it, beside the training; to fetch it before a resume",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] });
        checkpointSize = meter.CreateHistogram(
            "smallbatch.checkpoint.size",
            "By",
            "Length of a checkpoint that was committed",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24, 1 << 26, 1 << 28, 1 << 30] });
        started.Add(0);
    }

    /// <summary>These devices are offered; <paramref name="sincePool"/> answers for how many seconds the pool has been silent.</summary>
    public void Offers(IEnumerable<Device> devices, Func<double> sincePool)
    {
        foreach (var device in devices)
        {
            steps.Add(0, DeviceTag(device.Id));
            Array.ForEach(Enum.GetValues<DeviceFailureKind>(), k => failures.Add(0, DeviceTag(device.Id), KindTag(k)));
            foreach (var slot in device.Slots)
            {
                slots[slot] = (device.Id, 0);
                silence = sincePool;
            }
        }
    }

    /// <summary>A trainer has said how fast it is.</summary>
    public void Paced(Lease lease, double imagesPerSecond) => slots[lease.Slot] = (lease.Device, imagesPerSecond);

    /// <summary>Nothing trains on that slot now.</summary>
    public void Idle(Lease lease) => slots[lease.Slot] = (lease.Device, 0);

    /// <summary>So many more updates are done.</summary>
    public void Stepped(Lease lease, long more) => steps.Add(more, DeviceTag(lease.Device));

    /// <summary>A trainer process has started.</summary>
    public void TrainerStarted() => started.Add(1);

    /// <summary>A device failed a training.</summary>
    public void Failed(DeviceFailure failure) => failures.Add(1, DeviceTag(failure.Device), KindTag(failure.Kind));

    /// <summary>One part of a checkpoint's way is done.</summary>
    public void Checkpoint(CheckpointPhase phase, TimeSpan took) => checkpointTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("phase", phase.Label()));

    /// <summary>A checkpoint of that length counts.</summary>
    public void Committed(long bytes) => checkpointSize.Record(bytes);

    private IEnumerable<Measurement<double>> Silence() => silence is { } since ? [new(since())] : [];

    private IEnumerable<Measurement<double>> Paces() => slots.Values.GroupBy(s => s.Device, StringComparer.Ordinal).Select(d => new Measurement<double>(d.Sum(s => s.ImagesPerSecond), DeviceTag(d.Key)));

    private static KeyValuePair<string, object?> DeviceTag(string device) => new("device", device);

    private static KeyValuePair<string, object?> KindTag(DeviceFailureKind kind) => new("kind", kind.Label());
}
