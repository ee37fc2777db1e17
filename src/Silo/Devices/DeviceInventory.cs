using Microsoft.Extensions.Options;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Settings;
using SmallBatch.Silo.Trainers;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Devices;

/// <summary>
/// This machine's devices and their slots: those that the trainer sees, under the numbers that CUDA gives them there, each found in the
/// driver's library by its UUID.
/// </summary>
internal sealed partial class DeviceInventory(ITrainerProgram program, INvml nvml, IOptions<TrainerSettings> settings, ILogger<DeviceInventory> logger)
{
    /// <summary>What an operator should know of this machine's devices though it keeps nothing from working; null where there is nothing.</summary>
    public string? Remark { get; private set; } = program.Remark;

    /// <summary>Asks trainer and driver. Throws <see cref="InvalidOperationException"/> with what to do where the trainer does not answer.</summary>
    public async Task<Device[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (!program.Exists)
        {
            throw new InvalidOperationException($"Trainer:Program: found no file {program.Path}, wanted the trainer; build src/Training, or set Trainer:CpuSlots=0 for a silo without devices.");
        }

        var (answer, exitCode, log) = await program.AskAsync(["devices"], cancellationToken);
        if (answer is not TrainerReady ready)
        {
            throw new InvalidOperationException($"{program.Path} devices: exit code {exitCode}, no devices; its log: {log}");
        }

        // The driver may block; that is no thread of anybody else's.
        return await Task.Run(() => Offer(ready.Devices).ToArray(), cancellationToken);
    }

    private IEnumerable<Device> Offer(IReadOnlyList<TrainerDevice> devices)
    {
        var gpus = devices.Where(d => d.Uuid is not null).ToList();
        var driver = program.Remark is null ? OpenDriver(gpus.Count) : null;
        foreach (var gpu in gpus)
        {
            yield return Describe(gpu, driver);
        }

        var slots = settings.Value.CpuSlots >= 0 ? settings.Value.CpuSlots : gpus.Count > 0 ? 0 : Environment.ProcessorCount;
        if (slots > 0 && devices.FirstOrDefault(d => d.Uuid is null) is { } cpu)
        {
            yield return new(cpu.Id, cpu.Name, [.. Enumerable.Range(0, slots).Select(i => $"{cpu.Id}-{i}")], cpu.NumericsClass, null);
        }
    }

    private NvmlDriver? OpenDriver(int seen)
    {
        try
        {
            var driver = nvml.Open();
            if (driver is { Gpus: > 0 } && seen == 0)
            {
                Tell($"the driver has {driver.Gpus} GPU{(driver.Gpus == 1 ? "" : "s")}, the trainer sees none: build it with -p:Torch=cuda, or name a libtorch for CUDA by Trainer:LibTorch; look at CUDA_VISIBLE_DEVICES too");
            }

            return driver;
        }
        catch (NvmlException failure)
        {
            Tell($"the GPUs of this machine cannot be read: {failure.Message}");
            return null;
        }
    }

    private Device Describe(TrainerDevice gpu, NvmlDriver? driver)
    {
        var device = new Device(gpu.Id, gpu.Name, [gpu.Id], GpuNumericsClass.Of(gpu.Name, driver?.Version ?? "unknown", gpu.NumericsClass), null, gpu.Uuid);
        if (driver is null)
        {
            return device with { OutOfService = $"the driver's version is not known, and bits depend on it: {Remark ?? $"found no {NvmlCalls.Library}, which comes with the driver"}" };
        }

        try
        {
            var reading = nvml.Read(gpu.Uuid!);
            return device with { Name = reading.Name, NumericsClass = GpuNumericsClass.Of(reading.Name, driver.Version, gpu.NumericsClass), OutOfService = GpuHealth.Fault(reading, reading) };
        }
        catch (NvmlException failure)
        {
            return device with { OutOfService = GpuHealth.Fault(failure) ?? failure.Message };
        }
    }

    private void Tell(string remark)
    {
        Remark = remark;
        GpusUnused(remark);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Remark}")]
    private partial void GpusUnused(string remark);
}
