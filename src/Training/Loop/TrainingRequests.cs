using System.Text.Json;
using SmallBatch.Specs;
using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Protocol;
using static TorchSharp.torch;

namespace SmallBatch.Training.Loop;

/// <summary>From a job as it arrives to one that can be trained, or every reason why it cannot.</summary>
internal sealed class TrainingRequests
{
    private (TrainingSettings Settings, string Root, DatasetImages Images)? loaded;

    /// <summary>Checks settings, network, dataset, device and folder. The last dataset stays loaded: most jobs share it.</summary>
    public SpecResult<TrainingRequest> Check(TrainingJob job)
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

        if (errors.Count == 0 && (loaded is not { } last || last.Settings.Dataset != settings.Dataset || last.Root != job.DataRoot))
        {
            var images = DatasetLoader.Load(settings.Dataset, job.DataRoot);
            errors.AddRange(images.Errors);
            loaded = images.Value is { } found ? (settings, job.DataRoot, found) : null;
        }

        return errors.Count > 0
            ? errors
            : new TrainingRequest(settings, network.Value!, loaded!.Value.Images, job.Stage, job.Replicas, new Device(job.Device), job.ScratchFolder, TimeSpan.FromSeconds(job.CheckpointSeconds), job.FirstReplica);
    }
}
