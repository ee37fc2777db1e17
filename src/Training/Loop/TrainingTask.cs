using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Datasets;
using SmallBatch.Training.Natives;
using SmallBatch.Training.Networks;
using static TorchSharp.torch;

namespace SmallBatch.Training.Loop;

/// <summary>What configurations that share their steps have in common: everything but η̃, stage, seed and replicas.</summary>
internal sealed class TrainingTask
{
    /// <summary>Positions of a pass's images, 16 of 32 by 32, from which replicas were measured to train faster one by one (docs/decisions/0013).</summary>
    private const long PositionsOfOne = 16 * 32 * 32;

    /// <summary>The task of a configuration. Of a GPU the process's switches are set to its precision: one task trains at a time.</summary>
    public TrainingTask(TrainingRequest request)
    {
        (Settings, Device) = (request.Settings, request.Device);
        Data = Settings.ValidationImages is { } kept ? ValidationSplit.Split(request.Data, kept) : request.Data;
        if (Device.type == TorchSharp.DeviceType.CUDA)
        {
            TorchSwitches.MakeGpuDeterministic(TorchLibrary.Handle, Settings.Precision);
        }

        Schedule = new(Settings);
        TrainsAlone = Device.type == TorchSharp.DeviceType.CPU && (long)ImagesOfPass * Data.Train.Height * Data.Train.Width >= PositionsOfOne;
        var image = new MapShape(Data.Train.Channels, Data.Train.Height, Data.Train.Width);
        Parameters = NetworkParameters.Of(request.Network, image, Data.Classes, Settings.Normalisation);
        Program = StepProgram.Of(new(request.Network, image, Data.Classes, Settings.Normalisation, Settings.Optimizer, Settings.WeightDecay, Settings.Precision));
    }

    /// <summary>Settings; of η̃ and seed only the first configuration's.</summary>
    public TrainingSettings Settings { get; }

    /// <summary>Images.</summary>
    public DatasetImages Data { get; }

    /// <summary>Device.</summary>
    public Device Device { get; }

    /// <summary>Images of one forward and backward pass: a batch before it grows, or a part of it.</summary>
    public int ImagesOfPass => Settings.MicroBatchSize ?? Settings.BatchSize;

    /// <summary>
    /// Whether each replica trains in a group of its own, unpadded, whose bits are not those of a larger one. Settled by settings, image
    /// size and device, never by a measurement or the neighbours.
    /// </summary>
    public bool TrainsAlone { get; }

    /// <summary>What is done at which step.</summary>
    public Schedule Schedule { get; }

    /// <summary>One replica's parameters.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>The network's step.</summary>
    public StepProgram Program { get; }

    /// <summary>Whether two configurations can share their steps: equal settings but for η̃ and seed.</summary>
    public static bool Shared(TrainingSettings one, TrainingSettings other) =>
        SettingsText.Write(one) == SettingsText.Write(other with { BaseLearningRate = one.BaseLearningRate, Seed = one.Seed });
}
