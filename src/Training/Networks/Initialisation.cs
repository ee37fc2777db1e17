using SmallBatch.Specs.Settings;
using SmallBatch.Training.Randomness;
using static TorchSharp.torch;

namespace SmallBatch.Training.Networks;

/// <summary>He et al. 2015 ("Delving Deep into Rectifiers"): normal with deviation √(2 / fan-in); biases 0, scales 1.</summary>
internal static class Initialisation
{
    /// <summary>A replica before its first step.</summary>
    public static ReplicaValues Values(IReadOnlyList<ParameterSpec> parameters, OptimizerSettings optimizer, ReplicaStream chance)
    {
        using var scope = NewDisposeScope();
        return new(
            [.. parameters.Select((p, i) => Value(p, i, chance).DetachFromDisposeScope())],
            [.. parameters.Select(p => Enumerable.Range(0, p.IsTrained ? optimizer.StatesPerParameter : 0).Select(_ => zeros(p.Shape).DetachFromDisposeScope()).ToArray())],
            new double[ReplicaValues.AccumulatorCount]);
    }

    /// <summary>One replica's value of a parameter, in its shape, as 32-bit floats on the CPU.</summary>
    public static Tensor Value(ParameterSpec spec, int index, ReplicaStream chance)
    {
        switch (spec.Kind)
        {
            case ParameterKind.ConvWeight or ParameterKind.LinearWeight:
                var values = new float[spec.Size];
                chance.Normal(index, Math.Sqrt(2.0 / spec.FanIn), values);
                return tensor(values).reshape(spec.Shape);
            case ParameterKind.Scale or ParameterKind.RunningVariance:
                return ones(spec.Shape);
            default:
                return zeros(spec.Shape);
        }
    }
}
