using System.Text.Json;
using SmallBatch.Specs;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Protocol;

/// <summary>What a job says of itself, read.</summary>
internal sealed record ReadJob(TrainingSettings Settings, NetworkSpec Network);

/// <summary>From a job as it arrives to what it says, for whoever is to train it.</summary>
internal static class JobReading
{
    /// <summary>Reads settings and network, and checks release, folder and replicas; the images are not looked at. Every reason why it cannot be trained, at once.</summary>
    public static SpecResult<ReadJob> Read(TrainingJob job)
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
            var shapes = NetworkShapes.Of(list, image, settings.Dataset.Classes, settings.Normalisation);
            errors.AddRange(shapes.Errors);
            if (shapes.Value?.CheckReplicas(job.Replicas, settings.Optimizer) is { } tooMany)
            {
                errors.Add(tooMany);
            }
        }

        return errors.Count > 0 ? errors : new ReadJob(settings, network.Value!);
    }
}
