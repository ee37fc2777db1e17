using System.Diagnostics.Metrics;
using SmallBatch.Grains;
using SmallBatch.Silo.Devices;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Health;

/// <summary>Whether this silo is ready: its devices are known and have passed their byte test, the store answers and its clock and this machine's agree.</summary>
internal sealed class Readiness
{
    private readonly TrainerHost trainers;
    private readonly DeviceInventory devices;
    private readonly StoreWatcher store;

    public Readiness(TrainerHost trainers, DeviceInventory devices, StoreWatcher store, IMeterFactory meters)
    {
        (this.trainers, this.devices, this.store) = (trainers, devices, store);
        meters.Create(MeterNames.SmallBatch).CreateObservableGauge("smallbatch.ready", () => WhyNot is null ? 1 : 0, null, "1 where /health/ready says ready, else 0");
    }

    /// <summary>Why it is not; null where it is.</summary>
    public string? WhyNot => store.Complaint ?? trainers.WaitsFor;

    /// <summary>That, with what is worth a remark.</summary>
    public string Told => WhyNot ?? string.Join("; ", new[] { "ready", devices.Remark, store.Remark }.OfType<string>());
}
