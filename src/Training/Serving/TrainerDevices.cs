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
        if (cuda.is_available())
        {
            for (var i = 0; i < cuda.device_count(); i++)
            {
                devices.Add(new($"cuda:{i}", "CUDA device", $"cuda-torch{TorchVersion}-n{TrainingNumerics.Version}"));
            }
        }

        devices.Add(new("cpu", "one core", $"cpu-{InstructionSet.Pinned.Name}-t1-torch{TorchVersion}-n{TrainingNumerics.Version}"));
        return devices;
    }

    private static string TorchVersion => __version__.Split('+')[0];
}
