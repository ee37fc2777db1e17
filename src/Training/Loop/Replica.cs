using SmallBatch.Specs.Settings;
using SmallBatch.Training.Networks;
using SmallBatch.Training.Randomness;

namespace SmallBatch.Training.Loop;

/// <summary>One replica of a configuration: its chance, its learning rate, what is known of it, and its values while no group holds them.</summary>
internal sealed class Replica(TrainingSettings settings, string stage, int number) : IDisposable
{
    /// <summary>Number within its stage, from 0.</summary>
    public int Number { get; } = number;

    /// <summary>All its chance.</summary>
    public ReplicaStream Stream { get; } = new(settings.Seed, stage, number);

    /// <summary>η̃.</summary>
    public double BaseLearningRate { get; } = settings.BaseLearningRate.Value;

    /// <summary>What is known of it so far.</summary>
    public ReplicaRecord Record { get; } = new(number);

    /// <summary>Its values; null exactly while a group holds them.</summary>
    public ReplicaValues? Values { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Values?.Dispose();
}
