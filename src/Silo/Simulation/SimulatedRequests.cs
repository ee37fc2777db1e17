using System.Text.Json;
using SmallBatch.Specs;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Protocol;

namespace SmallBatch.Silo.Simulation;

/// <summary>From a job as it arrives to its settings, or every reason why a trainer would refuse it. The images are not looked at.</summary>
internal static class SimulatedRequests
{
    /// <summary>Checks settings, network and folder, and that it shares its steps with <paramref name="shared"/>, where there is one.</summary>
    public static SpecResult<TrainingSettings> Check(TrainingJob job, TrainingSettings? shared)
    {
        TrainingSettings settings;
        try
        {
            settings = SettingsText.Read(job.SettingsText);
        }
        catch (JsonException failure)
        {
            return new List<SpecError> { new("settings", failure.Message, "settings as written by this release") };
        }

        var errors = new List<SpecError>();
        if (settings.NumericsVersion != TrainingNumerics.Version)
        {
            errors.Add(new("numericsVersion", $"{settings.NumericsVersion}", $"{TrainingNumerics.Version}; run the trainer of the release that the sweep began with"));
        }

        if (!Directory.Exists(job.ScratchFolder))
        {
            errors.Add(new(job.ScratchFolder, "no such folder", "an existing folder for checkpoints"));
        }

        var network = NetworkSpec.Parse(settings.NetworkText, "network");
        errors.AddRange(network.Errors);
        if (network.Value is { } list)
        {
            var image = new MapShape(settings.Dataset.Channels, settings.Dataset.Height, settings.Dataset.Width);
            errors.AddRange(NetworkShapes.Of(list, image, settings.Dataset.Classes, settings.Normalisation).Errors);
        }

        if (shared is not null && SettingsText.Write(shared) != SettingsText.Write(settings with { BaseLearningRate = shared.BaseLearningRate, Seed = shared.Seed }))
        {
            errors.Add(new("jobs", "settings that differ in more than base learning rate and seed", "configurations that share their steps"));
        }

        return errors.Count > 0 ? errors : settings;
    }
}
