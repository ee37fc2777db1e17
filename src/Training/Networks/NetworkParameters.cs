using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;

namespace SmallBatch.Training.Networks;

/// <summary>What a parameter is, for its initial value.</summary>
internal enum ParameterKind
{
    /// <summary>Convolution weights, [out, in, k, k]: He normal by fan-in.</summary>
    ConvWeight,

    /// <summary>Linear weights, [in, out]: He normal by fan-in.</summary>
    LinearWeight,

    /// <summary>A bias: 0.</summary>
    Bias,

    /// <summary>Scale of a normalisation: 1.</summary>
    Scale,

    /// <summary>Shift of a normalisation: 0.</summary>
    Shift,

    /// <summary>Running mean: 0. Not trained.</summary>
    RunningMean,

    /// <summary>Running variance: 1. Not trained.</summary>
    RunningVariance,
}

/// <summary>One parameter, or running statistic, of one replica.</summary>
/// <param name="Name">As in checkpoints: <c>layers.0.conv.weight</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Shape">Its shape within one replica.</param>
/// <param name="FanIn">Inputs of one output, for He initialisation; 0 where it is not random.</param>
internal sealed record ParameterSpec(string Name, ParameterKind Kind, long[] Shape, int FanIn)
{
    /// <summary>Values.</summary>
    public long Size => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>Whether the optimiser changes it.</summary>
    public bool IsTrained => Kind is not (ParameterKind.RunningMean or ParameterKind.RunningVariance);
}

/// <summary>Every parameter and running statistic of a network, in one fixed order: initialisation and checkpoints follow it.</summary>
internal static class NetworkParameters
{
    /// <summary>Lists them. The network fits its images: <see cref="NetworkShapes.Of"/> has checked it.</summary>
    public static IReadOnlyList<ParameterSpec> Of(NetworkSpec network, MapShape image, int classes, Normalisation normalisation)
    {
        var list = new List<ParameterSpec>();
        Follow(network.Layers, image, "layers", classes, normalisation, list);
        return list;
    }

    private static MapShape Follow(IReadOnlyList<Layer> layers, MapShape shape, string path, int classes, Normalisation normalisation, List<ParameterSpec> list)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var at = $"{path}.{i}";
            switch (layers[i])
            {
                case ConvLayer conv:
                    shape = Add(conv, shape, $"{at}.conv", normalisation, list);
                    break;
                case MaxPoolLayer pool:
                    shape = NetworkShapes.Slide(shape, shape.Channels, pool.Kernel, pool.Stride, pool.Padding);
                    break;
                case GlobalAveragePoolLayer:
                    shape = new(shape.Channels, 1, 1);
                    break;
                case LinearLayer linear:
                    var outputs = linear.Outputs ?? classes;
                    list.Add(new($"{at}.linear.weight", ParameterKind.LinearWeight, [shape.Size, outputs], shape.Size));
                    AddBiasOrNorm($"{at}.linear", outputs, linear.Outputs is not null && normalisation.AfterHiddenLayers, [1, outputs], normalisation, list);
                    shape = new(outputs, 1, 1);
                    break;
                case ResidualLayer residual:
                    var output = Follow(residual.Layers, shape, $"{at}.residual", classes, normalisation, list);
                    if (residual.Shortcut == Shortcut.Projection && output != shape)
                    {
                        Add(NetworkShapes.Projection(shape, output), shape, $"{at}.residual.shortcut", normalisation, list);
                    }

                    shape = output;
                    break;
                default:
                    break;
            }
        }

        return shape;
    }

    private static MapShape Add(ConvLayer conv, MapShape shape, string path, Normalisation normalisation, List<ParameterSpec> list)
    {
        var fanIn = shape.Channels * conv.Kernel * conv.Kernel;
        list.Add(new($"{path}.weight", ParameterKind.ConvWeight, [conv.Filters, shape.Channels, conv.Kernel, conv.Kernel], fanIn));
        AddBiasOrNorm(path, conv.Filters, normalisation.AfterConvolutions, [conv.Filters], normalisation, list);
        return NetworkShapes.Slide(shape, conv.Filters, conv.Kernel, conv.Stride, conv.Padding);
    }

    private static void AddBiasOrNorm(string path, int channels, bool normalised, long[] biasShape, Normalisation normalisation, List<ParameterSpec> list)
    {
        if (!normalised)
        {
            list.Add(new($"{path}.bias", ParameterKind.Bias, biasShape, 0));
            return;
        }

        list.Add(new($"{path}.norm.scale", ParameterKind.Scale, [channels], 0));
        list.Add(new($"{path}.norm.shift", ParameterKind.Shift, [channels], 0));
        if (!normalisation.HasStatistics)
        {
            return;
        }

        list.Add(new($"{path}.norm.mean", ParameterKind.RunningMean, [channels], 0));
        list.Add(new($"{path}.norm.variance", ParameterKind.RunningVariance, [channels], 0));
    }
}
