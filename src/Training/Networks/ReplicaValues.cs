using static TorchSharp.torch;

namespace SmallBatch.Training.Networks;

/// <summary>Everything of one replica that its next step depends on.</summary>
/// <param name="Parameters">Parameters and running statistics, each in its own shape, in order.</param>
/// <param name="States">The optimiser's state beside each parameter, likewise.</param>
/// <param name="Accumulators">Since the epoch began: loss sum, correct images, first step whose loss was not finite, sum of gradient norms.</param>
internal sealed record ReplicaValues(Tensor[] Parameters, Tensor[][] States, double[] Accumulators) : IDisposable
{
    /// <summary>Accumulators of a replica.</summary>
    public const int AccumulatorCount = 4;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Parameters.Concat(States.SelectMany(s => s)))
        {
            tensor.Dispose();
        }
    }
}
