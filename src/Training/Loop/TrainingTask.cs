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
    /// <summary>The task of a configuration. Of a GPU the process's switches are set to its precision: one task trains at a time.</summary>
    public TrainingTask(TrainingRequest request)
    {
        (Settings, Data, Device) = (request.Settings, request.Data, request.Device);
        if (Device.type == TorchSharp.DeviceType.CUDA)
        {
            TorchSwitches.MakeGpuDeterministic(TorchLibrary.Handle, Settings.Precision);
        }

        Schedule = new(Settings);
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
