using SmallBatch.Specs;
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
        var read = JobReading.Read(job);
        if (read.Value is not var (settings, network))
        {
            return read.Errors.ToList();
        }

        if (loaded is not { } last || last.Settings.Dataset != settings.Dataset || last.Root != job.DataRoot)
        {
            var images = DatasetLoader.Load(settings.Dataset, job.DataRoot);
            loaded = images.Value is { } found ? (settings, job.DataRoot, found) : null;
            if (loaded is null)
            {
                return images.Errors.ToList();
            }
        }

        return new TrainingRequest(settings, network, loaded!.Value.Images, job.Stage, job.Replicas, new Device(job.Device), job.ScratchFolder, TimeSpan.FromSeconds(job.CheckpointSeconds), job.FirstReplica);
    }
}
