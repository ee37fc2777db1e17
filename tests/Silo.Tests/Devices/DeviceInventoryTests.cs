using Microsoft.Extensions.Logging.Abstractions;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Devices;

namespace SmallBatch.Silo.Tests.Devices;

[Collection(nameof(ScriptedTrainer))]
public sealed class DeviceInventoryTests : IDisposable
{
    private readonly FakeNvml nvml = new();

    public void Dispose() => nvml.Dispose();

    [Fact]
    public async Task A_gpu_is_found_by_its_uuid_whatever_its_number_and_its_class_names_model_driver_and_libraries()
    {
        // CUDA_VISIBLE_DEVICES has turned the driver's second GPU into the trainer's first.
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Gpu(1) with { Id = "cuda:0" }, ScriptedTrainer.Cpu);
        trainer.Settings.CpuSlots = -1;
        nvml.Gpus["uuid-1"] = FakeNvml.Healthy with { Name = "NVIDIA H100 80GB HBM3" };
        var (devices, remark) = await ReadAsync(trainer);
        var gpu = Assert.Single(devices);
        Assert.Equal(("cuda:0", "NVIDIA H100 80GB HBM3", "uuid-1", null), (gpu.Id, gpu.Name, gpu.Uuid, gpu.OutOfService));
        Assert.Equal("nvidia-h100-80gb-hbm3-driver570.124.06-torch2.10.0-cuda12.8-n2", gpu.NumericsClass);
        Assert.Equal(["cuda:0"], gpu.Slots);
        Assert.Null(remark);
    }

    [Fact]
    public async Task A_machine_without_the_library_offers_its_cores_and_says_nothing()
    {
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Cpu);
        nvml.Driver = null;
        var (devices, remark) = await ReadAsync(trainer);
        Assert.Equal(["cpu-0", "cpu-1"], Assert.Single(devices).Slots);
        Assert.Null(remark);
    }

    [Fact]
    public async Task A_library_that_fails_says_why_and_keeps_the_cores_from_nothing()
    {
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Cpu);
        nvml.Failure = new("nvmlInit_v2", 18, "Driver/library version mismatch");
        var (devices, remark) = await ReadAsync(trainer);
        Assert.Null(Assert.Single(devices).OutOfService);
        Assert.Equal("the GPUs of this machine cannot be read: NVML: nvmlInit_v2: Driver/library version mismatch (error 18)", remark);
    }

    [Fact]
    public async Task Gpus_that_the_trainer_cannot_use_are_told_with_what_to_do()
    {
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Cpu);
        var (_, remark) = await ReadAsync(trainer);
        Assert.StartsWith("the driver has 2 GPUs, the trainer sees none: build it with -p:Torch=cuda", remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gpu_whose_driver_cannot_be_named_takes_no_work()
    {
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Gpu(0), ScriptedTrainer.Cpu);
        nvml.Driver = null;
        var (devices, _) = await ReadAsync(trainer);
        Assert.StartsWith("the driver's version is not known, and bits depend on it: found no libnvidia-ml.so.1", devices[0].OutOfService, StringComparison.Ordinal);
        Assert.Null(devices[1].OutOfService);
    }

    [Fact]
    public async Task A_gpu_that_is_at_fault_from_the_start_is_shown_and_takes_no_work()
    {
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Gpu(0), ScriptedTrainer.Gpu(1), ScriptedTrainer.Gpu(2), ScriptedTrainer.Cpu);
        nvml.Gpus["uuid-0"] = FakeNvml.Healthy with { RepairPending = true };
        nvml.Gpus["uuid-2"] = FakeNvml.Healthy with { UncorrectedErrors = 5 };
        var (devices, _) = await ReadAsync(trainer);
        Assert.Contains("wait for a reset", devices[0].OutOfService, StringComparison.Ordinal);
        Assert.StartsWith("it is lost", devices[1].OutOfService, StringComparison.Ordinal);
        Assert.Null(devices[2].OutOfService);
    }

    [Fact]
    public async Task The_libtorch_that_is_set_is_passed_on_to_the_trainer()
    {
        using var trainer = new ScriptedTrainer(ScriptedTrainer.Cpu);
        trainer.Settings.LibTorch = "/opt/libtorch/lib";
        await ReadAsync(trainer);
        Assert.EndsWith("--libtorch /opt/libtorch/lib", Assert.Single(trainer.Asked), StringComparison.Ordinal);
    }

    private async Task<(Device[] Devices, string? Remark)> ReadAsync(ScriptedTrainer trainer)
    {
        var inventory = new DeviceInventory(trainer.Program, nvml, trainer.Options, NullLogger<DeviceInventory>.Instance);
        return (await inventory.ReadAsync(TestContext.Current.CancellationToken), inventory.Remark);
    }
}
