using Microsoft.Extensions.Time.Testing;
using SmallBatch.Silo.Devices;

namespace SmallBatch.Silo.Tests.Devices;

public sealed class EnergyMeterTests : IDisposable
{
    private readonly FakeNvml nvml = new();
    private readonly FakeTimeProvider time = new();
    private readonly EnergyMeter meter;

    public EnergyMeterTests() => meter = new(nvml, time);

    public void Dispose() => nvml.Dispose();

    [Fact]
    public async Task What_was_used_is_the_counters_difference() => Assert.Equal(250.5, await MeasureAsync(1000, 1250.5));

    [Fact]
    public async Task A_driver_that_was_loaded_anew_counts_from_nought_and_says_nothing() => Assert.Null(await MeasureAsync(1000, 3));

    [Fact]
    public async Task A_model_without_the_counter_says_nothing() => Assert.Null(await MeasureAsync());

    [Fact]
    public async Task A_cpu_is_not_asked_of_the_driver()
    {
        nvml.Energy.Enqueue(1);
        Assert.Null(await meter.Begin(null)());
        Assert.Single(nvml.Energy);
    }

    [Fact]
    public async Task A_driver_that_fails_costs_the_figure_and_nothing_else()
    {
        nvml.Failure = new("energy", NvmlException.GpuIsLost, "GPU is lost");
        Assert.Null(await meter.Begin("uuid-0")());
    }

    [Fact]
    public async Task A_driver_that_hangs_is_not_waited_for()
    {
        nvml.Energy.Enqueue(1000);
        nvml.Energy.Enqueue(1250);
        nvml.Hangs = true;
        var used = meter.Begin("uuid-0")();
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(await used);
        nvml.Hangs = false;
    }

    private async Task<double?> MeasureAsync(params double[] readings)
    {
        // One after the other, as the counter is read.
        readings.Take(1).ToList().ForEach(nvml.Energy.Enqueue);
        var end = meter.Begin("uuid-0");
        Assert.True(SpinWait.SpinUntil(() => nvml.Energy.IsEmpty, TimeSpan.FromSeconds(30)));
        readings.Skip(1).ToList().ForEach(nvml.Energy.Enqueue);
        return await end();
    }
}
