using Microsoft.Extensions.Options;
using SmallBatch.Contracts.GpuPool;
using SmallBatch.Silo.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Trainers;

/// <summary>This machine's devices as the trainer sees them, and their slots.</summary>
internal sealed class DeviceInventory(TrainerProgram program, IOptions<TrainerSettings> settings)
{
    /// <summary>Asks the trainer program. Throws <see cref="InvalidOperationException"/> with what to do where it does not answer.</summary>
    public async Task<Device[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(program.Path))
        {
            throw new InvalidOperationException($"Trainer:Program: found no file {program.Path}, wanted the trainer; build src/Training, or set Trainer:CpuSlots=0 for a silo without devices.");
        }

        using var process = program.Start("devices");
        process.StandardInput.Close();
        var log = process.StandardError.ReadToEndAsync(cancellationToken);
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (line is null || TrainerProtocol.ReadNotice(line) is not TrainerReady ready)
        {
            throw new InvalidOperationException($"{program.Path} devices: exit code {process.ExitCode}, no devices; its log: {await log}");
        }

        return [.. Offer(ready.Devices)];
    }

    private IEnumerable<Device> Offer(IReadOnlyList<TrainerDevice> devices)
    {
        var gpus = devices.Where(d => d.Id != "cpu").ToList();
        foreach (var gpu in gpus)
        {
            yield return new(gpu.Id, gpu.Name, [gpu.Id], gpu.NumericsClass, null);
        }

        var slots = settings.Value.CpuSlots >= 0 ? settings.Value.CpuSlots : gpus.Count > 0 ? 0 : Environment.ProcessorCount;
        if (slots > 0 && devices.FirstOrDefault(d => d.Id == "cpu") is { } cpu)
        {
            yield return new("cpu", cpu.Name, [.. Enumerable.Range(0, slots).Select(i => $"cpu-{i}")], cpu.NumericsClass, null);
        }
    }
}
