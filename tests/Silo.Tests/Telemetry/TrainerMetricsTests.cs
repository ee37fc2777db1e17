using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Trainers;

namespace SmallBatch.Silo.Tests.Telemetry;

public sealed class TrainerMetricsTests
{
    [Fact]
    public void A_device_s_pace_is_that_of_all_its_slots_and_zero_once_nothing_trains_there()
    {
        using var measured = new Measured();
        var metrics = new TrainerMetrics(measured.Meters);
        metrics.Offers([new("cpu", "core", ["cpu-0", "cpu-1"], "c", null)], () => 2.5);
        var begun = measured.Take();
        Assert.Contains("smallbatch.training.images_per_second device=cpu 0", begun);
        Assert.Contains("smallbatch.training.steps device=cpu 0", begun);
        Assert.Contains("smallbatch.device.failures device=cpu kind=disk_full 0", begun);
        Assert.Contains("smallbatch.pool.silence 2.5", begun);
        metrics.Paced(Lease("cpu-0"), 30);
        metrics.Paced(Lease("cpu-1"), 12);
        Assert.Contains("smallbatch.training.images_per_second device=cpu 42", measured.Take());
        metrics.Idle(Lease("cpu-0"));
        Assert.Contains("smallbatch.training.images_per_second device=cpu 12", measured.Take());
        metrics.Idle(Lease("cpu-1"));
        Assert.Contains("smallbatch.training.images_per_second device=cpu 0", measured.Take());
    }

    [Fact]
    public void A_silo_without_devices_tells_nothing_of_its_pool()
    {
        using var measured = new Measured();
        new TrainerMetrics(measured.Meters).Offers([], () => 2.5);
        Assert.DoesNotContain(measured.Take(), m => m.StartsWith("smallbatch.pool.silence", StringComparison.Ordinal));
    }

    private static Lease Lease(string slot) => new("k", new(1, 1, Guid.Empty), "h", slot, "cpu");
}
