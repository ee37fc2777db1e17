using SmallBatch.Specs.Settings;
using static TorchSharp.torch;

namespace SmallBatch.Training.Networks;

/// <summary>The tensors of K replicas that train as one network with K groups; zero until they are written.</summary>
internal sealed class FusedReplicas : IDisposable
{
    private readonly Tensor[] tensors;
    private readonly Tensor[][] state;

    /// <summary>Tensors of <paramref name="groups"/> replicas; with 1 the bits are not those of more.</summary>
    public FusedReplicas(IReadOnlyList<ParameterSpec> parameters, OptimizerSettings optimizer, int groups, ScalarType type, Device device)
    {
        (Parameters, Groups) = (parameters, groups);
        tensors = [.. parameters.Select(p => Allocate(p, groups, type, device))];
        state = [.. parameters.Select(p => Enumerable.Range(0, p.IsTrained ? optimizer.StatesPerParameter : 0).Select(_ => Allocate(p, groups, type, device)).ToArray())];
        Weights = [.. tensors.Where((_, i) => parameters[i].IsTrained)];
        Statistics = [.. tensors.Where((_, i) => !parameters[i].IsTrained)];
        Flat = [.. parameters.Select((p, i) => (p, t: tensors[i])).Where(p => p.p.IsTrained).Select(p => Flattened(p.p, p.t))];
        State = [.. parameters.Zip(state).SelectMany(p => p.Second.Select(t => Flattened(p.First, t)))];
        Accumulators =
        [
            zeros([groups], float64, device).DetachFromDisposeScope(),
            zeros([groups], int64, device).DetachFromDisposeScope(),
            zeros([groups], int64, device).DetachFromDisposeScope(),
            zeros([groups], float64, device).DetachFromDisposeScope(),
        ];
    }

    /// <summary>K.</summary>
    public int Groups { get; }

    /// <summary>One replica's parameters and running statistics, in order.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>The trained tensors, in order, as the layers take them.</summary>
    public Tensor[] Weights { get; }

    /// <summary>The running statistics, in order.</summary>
    public Tensor[] Statistics { get; }

    /// <summary>Views of <see cref="Weights"/> as [K, values of one replica], in the order of memory.</summary>
    public Tensor[] Flat { get; }

    /// <summary>The optimiser's tensors, parameter by parameter, as <see cref="Flat"/> shapes them.</summary>
    public Tensor[] State { get; }

    /// <summary>Loss sum, correct images, first step (from 1) whose loss was not finite or 0, sum of gradient norms: [K] each.</summary>
    public Tensor[] Accumulators { get; }

    /// <summary>States of the optimiser beside a parameter.</summary>
    public int States(int parameter) => state[parameter].Length;

    /// <summary>A view of one replica's part of a parameter, in that parameter's own shape.</summary>
    public Tensor Slice(int parameter, int group) => Slice(Parameters[parameter], tensors[parameter], group);

    /// <summary>A view of one replica's part of the optimiser's state beside a parameter, in that parameter's own shape.</summary>
    public Tensor StateSlice(int parameter, int index, int group) => Slice(Parameters[parameter], state[parameter][index], group);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Flat.Concat(State).Concat(tensors).Concat(state.SelectMany(s => s)).Concat(Accumulators))
        {
            tensor.Dispose();
        }
    }

    private static Tensor Allocate(ParameterSpec spec, int groups, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        return (spec.Kind switch
        {
            // [K·out, in, k, k] in channels-last strides, as the maps are.
            ParameterKind.ConvWeight => zeros([groups * spec.Shape[0], spec.Shape[2], spec.Shape[3], spec.Shape[1]], type, device).permute(0, 3, 1, 2),
            ParameterKind.LinearWeight => zeros([groups, spec.Shape[0], spec.Shape[1]], type, device),
            ParameterKind.Bias when spec.Shape.Length == 2 => zeros([groups, 1, spec.Shape[1]], type, device),
            _ => zeros([groups * spec.Shape[0]], type, device),
        }).DetachFromDisposeScope();
    }

    private Tensor Flattened(ParameterSpec spec, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return (spec.Kind == ParameterKind.ConvWeight ? tensor.permute(0, 2, 3, 1) : tensor).view(Groups, -1).DetachFromDisposeScope();
    }

    private static Tensor Slice(ParameterSpec spec, Tensor tensor, int group) =>
        spec.Kind == ParameterKind.LinearWeight || (spec.Kind == ParameterKind.Bias && spec.Shape.Length == 2)
            ? tensor[group]
            : tensor.narrow(0, group * spec.Shape[0], spec.Shape[0]);
}
