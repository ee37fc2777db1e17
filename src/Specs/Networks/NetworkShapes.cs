using SmallBatch.Specs.Settings;

namespace SmallBatch.Specs.Networks;

/// <summary>A feature map's shape: channels × height × width; a vector is channels × 1 × 1.</summary>
public readonly record struct MapShape(int Channels, int Height, int Width)
{
    /// <summary>Values in all.</summary>
    public int Size => Channels * Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"{Channels}×{Height}×{Width}";
}

/// <summary>What a network costs on images of one shape.</summary>
/// <param name="Parameters">Trainable parameters, batch normalisation's scales and shifts included.</param>
/// <param name="Flops">Floating-point operations of one image's forward pass, a multiply-add counted as two.</param>
/// <param name="Layers">Layers that launch work, for the fixed cost of a step.</param>
/// <param name="SmallestNormalisedMap">Fewest positions per channel over which one image contributes to a batch normalisation; null without one (group normalisation looks at one image alone).</param>
public sealed record NetworkShapes(long Parameters, long Flops, int Layers, int? SmallestNormalisedMap)
{
    /// <summary>Most parameters of a network, and values of a feature map: 2 GB of 32-bit floats, about what one array and one checkpoint hold.</summary>
    public const int MostValues = 500_000_000;

    /// <summary>Follows the shapes through the layers; every layer that does not fit is an error that names it.</summary>
    public static SpecResult<NetworkShapes> Of(NetworkSpec network, MapShape image, int classes, Normalisation normalisation)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(normalisation);
        var walk = new Walk(classes, normalisation);
        walk.Follow(network.Layers, image, "layers");
        if (walk is { Errors.Count: 0, Parameters: > MostValues })
        {
            walk.Errors.Add(new("layers", $"{walk.Parameters} parameters", $"at most {MostValues} in all layers together"));
        }

        return walk.Errors.Count > 0
            ? walk.Errors
            : new NetworkShapes(walk.Parameters, walk.Flops, walk.Layers, walk.SmallestNormalisedMap);
    }

    /// <summary>Null where a checkpoint of so many replicas, with the optimiser's state, can be written; else what is wrong.</summary>
    public SpecError? CheckReplicas(int replicas, OptimizerSettings optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var values = Parameters * (1 + optimizer.StatesPerParameter) * replicas;
        return values <= MostValues ? null : new(
            "replicas", $"{replicas} of {Parameters} parameters, with the optimiser's state a checkpoint of {values} values", $"a checkpoint of at most {MostValues} values: fewer replicas, or a smaller network");
    }

    /// <summary>The shape after one convolution or pooling; a side of 0 or less does not fit.</summary>
    public static MapShape Slide(MapShape input, int channels, int kernel, int stride, int padding) => new(
        channels,
        ((input.Height + (2 * padding) - kernel) / stride) + 1,
        ((input.Width + (2 * padding) - kernel) / stride) + 1);

    /// <summary>By how much a residual's layers subsample.</summary>
    public static int Stride(MapShape input, MapShape output) => input.Height / Math.Max(1, output.Height);

    /// <summary>The convolution that a projection shortcut between these shapes is.</summary>
    public static ConvLayer Projection(MapShape input, MapShape output) => new(output.Channels, 1, Stride(input, output), 0);

    private sealed class Walk(int classes, Normalisation normalisation)
    {
        public List<SpecError> Errors { get; } = [];

        public long Parameters { get; private set; }

        public long Flops { get; private set; }

        public int Layers { get; private set; }

        public int? SmallestNormalisedMap { get; private set; }

        public MapShape? Follow(IReadOnlyList<Layer> layers, MapShape input, string path)
        {
            MapShape? shape = input;
            for (var i = 0; i < layers.Count && shape is { } current; i++)
            {
                shape = Step(layers[i], current, $"{path}[{i}]");
            }

            return shape;
        }

        private MapShape? Step(Layer layer, MapShape input, string path)
        {
            Layers++;
            switch (layer)
            {
                case ConvLayer conv:
                    return Conv(conv, input, path);
                case MaxPoolLayer pool:
                    return Fits(Slide(input, input.Channels, pool.Kernel, pool.Stride, pool.Padding), input, $"{path}.maxPool", pool.Kernel, pool.Padding);
                case GlobalAveragePoolLayer:
                    return new(input.Channels, 1, 1);
                case LinearLayer linear:
                    return Linear(linear, input, path);
                case ResidualLayer residual:
                    return Residual(residual, input, path);
                default:
                    return input;
            }
        }

        private MapShape? Conv(ConvLayer conv, MapShape input, string path)
        {
            var output = Slide(input, conv.Filters, conv.Kernel, conv.Stride, conv.Padding);
            var weights = (long)conv.Filters * input.Channels * conv.Kernel * conv.Kernel;
            if (!Holds(weights, $"{path}.conv"))
            {
                return null;
            }

            var normalised = normalisation.AfterConvolutions;
            Parameters += weights + (normalised ? 2 : 1) * conv.Filters;
            Flops += 2 * weights * output.Height * output.Width;
            if (normalised)
            {
                Normalise(output, $"{path}.conv");
            }

            return Fits(output, input, $"{path}.conv", conv.Kernel, conv.Padding);
        }

        private MapShape? Linear(LinearLayer linear, MapShape input, string path)
        {
            var outputs = linear.Outputs ?? classes;
            var weights = (long)input.Size * outputs;
            if (!Holds(weights, $"{path}.linear"))
            {
                return null;
            }

            var normalised = linear.Outputs is not null && normalisation.AfterHiddenLayers;
            Parameters += weights + ((normalised ? 2 : 1) * outputs);
            Flops += 2 * weights;
            if (normalised)
            {
                Normalise(new(outputs, 1, 1), $"{path}.linear");
            }

            return new(outputs, 1, 1);
        }

        private MapShape? Residual(ResidualLayer residual, MapShape input, string path)
        {
            if (Follow(residual.Layers, input, $"{path}.residual.layers") is not { } output)
            {
                return null;
            }

            var stride = Stride(input, output);
            var subsampled = new MapShape(output.Channels, (input.Height + stride - 1) / stride, (input.Width + stride - 1) / stride);
            var projected = residual.Shortcut == Shortcut.Projection;
            if ((!projected && output.Channels < input.Channels) || subsampled != output)
            {
                Errors.Add(new($"{path}.residual", $"{input} in, {output} out of its layers", $"an output {(projected ? "" : "with at least as many channels, ")}of the input's size divided by one whole stride"));
                return null;
            }

            return projected && input != output ? Conv(Projection(input, output), input, path) : output;
        }

        private MapShape? Fits(MapShape output, MapShape input, string path, int kernel, int padding)
        {
            if ((long)output.Channels * output.Height * output.Width > MostValues)
            {
                Errors.Add(new(path, $"a map of {output} out of {input}", $"at most {MostValues} values: fewer filters, or a stride"));
                return null;
            }

            if (output.Height >= 1 && output.Width >= 1 && input.Height + (2 * padding) >= kernel && input.Width + (2 * padding) >= kernel)
            {
                return output;
            }

            Errors.Add(new(path, $"a kernel of {kernel} on a map of {input} with padding {padding}", "a kernel no larger than the padded map"));
            return null;
        }

        private bool Holds(long weights, string path)
        {
            if (weights > MostValues)
            {
                Errors.Add(new(path, $"{weights} weights", $"at most {MostValues}"));
            }

            return weights <= MostValues;
        }

        private void Normalise(MapShape map, string path)
        {
            var positions = map.Height * map.Width;
            if (normalisation.Groups is not { } groups)
            {
                SmallestNormalisedMap = Math.Min(SmallestNormalisedMap ?? int.MaxValue, positions);
            }
            else if (map.Channels % groups != 0 || map.Channels / groups * positions < 2)
            {
                Errors.Add(new(path, $"{map.Channels} channels of {positions} values for {groups} groups of channels", "channels that the groups divide, with at least 2 values in a group"));
            }
        }
    }
}
