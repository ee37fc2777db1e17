using SmallBatch.Specs;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Simulation;

/// <summary>From a job as it arrives to its settings, or every reason why a trainer would refuse it. The images are not looked at.</summary>
internal static class SimulatedRequests
{
    /// <summary>Reads the job, and checks that it shares its steps with <paramref name="shared"/>, where there is one.</summary>
    public static SpecResult<TrainingSettings> Check(TrainingJob job, TrainingSettings? shared)
    {
        var read = JobReading.Read(job);
        if (read.Value is not { Settings: var settings })
        {
            return read.Errors.ToList();
        }

        return shared is not null && SettingsText.Write(shared) != SettingsText.Write(settings with { BaseLearningRate = shared.BaseLearningRate, Seed = shared.Seed })
            ? new List<SpecError> { new("jobs", "settings that differ in more than base learning rate and seed", "configurations that share their steps") }
            : settings;
    }
}
