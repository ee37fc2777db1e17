using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Devices;

namespace SmallBatch.Silo.Tests.Devices;

public sealed class DeviceWatchTests : IDisposable
{
    private static readonly Device Gpu = new("cuda:0", "NVIDIA H200", ["cuda:0"], "h200", null, "uuid-0");
    private static readonly Device Cpu = new("cpu", "one core", ["cpu-0"], "cpu", null);
    private readonly FakeNvml nvml = new();
    private readonly FakeTimeProvider time = new();
    private readonly DeviceWatch watch;

    public DeviceWatchTests()
    {
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy;
        watch = new(nvml, time, NullLogger<DeviceWatch>.Instance);
    }

    public void Dispose() => nvml.Dispose();

    [Fact]
    public async Task A_healthy_gpu_shows_its_memory_and_who_else_computes_there()
    {
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { Processes = [new(11, 5), new(22, null)] };
        var gpu = await LookAsync(trainer: 11);
        Assert.Null(gpu.OutOfService);
        Assert.Equal((150L << 30, 3L << 30), (gpu.Memory!.TotalBytes, gpu.Memory.UsedBytes));
        Assert.Equal([new DeviceProcess(22, null)], gpu.Memory.Others);
    }

    [Fact]
    public async Task New_memory_errors_put_it_out_of_service_for_good_and_older_ones_do_not()
    {
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { UncorrectedErrors = 7 };
        Assert.Null((await LookAsync()).OutOfService);
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { UncorrectedErrors = 9 };
        Assert.StartsWith("2 memory errors that ECC could not correct", (await LookAsync()).OutOfService, StringComparison.Ordinal);
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { UncorrectedErrors = 7 };
        Assert.StartsWith("2 memory errors", (await LookAsync()).OutOfService, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_without_ecc_is_no_worse_for_it()
    {
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { UncorrectedErrors = null };
        await LookAsync();
        Assert.Null((await LookAsync()).OutOfService);
    }

    [Theory]
    [InlineData(true, false, "wait for a reset")]
    [InlineData(false, true, "no spare ones")]
    public async Task Bad_rows_put_it_out_of_service(bool pending, bool failed, string words)
    {
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { RepairPending = pending, RepairFailed = failed };
        Assert.Contains(words, (await LookAsync()).OutOfService, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NvmlException.GpuIsLost, "it is lost")]
    [InlineData(NvmlException.NotFound, "it is lost")]
    [InlineData(NvmlException.ResetRequired, "it wants a reset")]
    public async Task One_that_is_lost_or_wants_a_reset_goes_out_of_service(int code, string words)
    {
        Assert.Null((await LookAsync()).OutOfService);
        nvml.Failure = new("nvmlDeviceGetMemoryInfo", code, "text of the driver");
        var reason = (await LookAsync()).OutOfService;
        Assert.StartsWith(words, reason, StringComparison.Ordinal);
        Assert.Contains($"text of the driver (error {code})", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reading_that_fails_for_another_reason_says_nothing_of_the_gpu()
    {
        nvml.Failure = new("nvmlDeviceGetMemoryInfo", 999, "Unknown Error");
        Assert.Null((await LookAsync()).OutOfService);
    }

    [Fact]
    public async Task A_driver_that_hangs_holds_up_nobody_and_is_told_after_half_a_minute()
    {
        nvml.Hangs = true;
        Assert.Null(Look().OutOfService);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(Look().OutOfService);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("the driver has not answered for 30 s", Look().OutOfService);
        Assert.False(watch.Reading.IsCompleted);
        nvml.Hangs = false;
        Assert.Null((await LookAsync()).OutOfService);
    }

    [Fact]
    public void A_machine_without_gpus_asks_no_driver()
    {
        var devices = watch.Look([Cpu], new HashSet<int>());
        Assert.Equal([Cpu], devices);
        Assert.Same(Task.CompletedTask, watch.Reading);
    }

    [Fact]
    public void One_that_was_never_offered_is_left_as_it_is()
    {
        var gpu = Gpu with { OutOfService = "its byte test failed" };
        Assert.Equal([gpu], watch.Look([gpu], new HashSet<int>()));
        Assert.Same(Task.CompletedTask, watch.Reading);
    }

    private Device Look(int trainer = 0) => watch.Look([Gpu, Cpu], new HashSet<int> { trainer })[0];

    /// <summary>Looks, waits for that look's reading, and looks again.</summary>
    private async Task<Device> LookAsync(int trainer = 0)
    {
        await watch.Reading;
        Look();
        await watch.Reading;
        return Look(trainer);
    }
}
