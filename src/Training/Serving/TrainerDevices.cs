using SmallBatch.Specs;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Protocol;
using static TorchSharp.torch;

namespace SmallBatch.Training.Serving;

/// <summary>The devices that libtorch sees, each with its numerics class.</summary>
internal static class TrainerDevices
{
    /// <summary>All of them; the CPU is always the last.</summary>
    public static IReadOnlyList<TrainerDevice> List()
    {
        var devices = new List<TrainerDevice>();
        for (var i = 0; i < Gpus; i++)
        {
            var (name, uuid) = CudaDriver.Describe(i);
            devices.Add(new($"cuda:{i}", name, $"torch{TorchLibrary.Version}-n{TrainingNumerics.Version}", uuid));
        }

        devices.Add(new("cpu", "one core", $"cpu-{Processor.Model}-{InstructionSet.Pinned.Name}-t1-torch{TorchLibrary.Version}-n{TrainingNumerics.Version}", null));
        return devices;
    }

    /// <summary>The device of that name, or what is wrong with it.</summary>
    public static SpecResult<Device> Find(string name, string option)
    {
        var known = Enumerable.Range(0, Gpus).Select(i => $"cuda:{i}").Append("cpu").ToList();
        return known.Contains(name) ? new Device(name) : new List<SpecError> { new(option, name, $"one of {string.Join(", ", known)}") };
    }

    private static int Gpus => cuda.is_available() ? cuda.device_count() : 0;
}
