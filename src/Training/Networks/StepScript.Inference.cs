using SmallBatch.Specs.Networks;

namespace SmallBatch.Training.Networks;

/// <summary>The forward pass alone, batch normalisation folded into the convolution before it.</summary>
internal sealed partial class StepScript
{
    private Value Infer(IReadOnlyList<Layer> layers, Value x, string groups)
    {
        foreach (var layer in layers)
        {
            x = layer switch
            {
                ConvLayer conv => InferConv(conv, x, groups),
                ReluLayer => x with { Name = Assign($"torch.relu{(x.Free ? "_" : "")}({x.Name})"), Free = true },
                MaxPoolLayer pool => new(
                    Assign($"torch.max_pool2d({x.Name}, [{pool.Kernel}, {pool.Kernel}], [{pool.Stride}, {pool.Stride}], [{pool.Padding}, {pool.Padding}])"),
                    NetworkShapes.Slide(x.Shape, x.Shape.Channels, pool.Kernel, pool.Stride, pool.Padding),
                    Free: true),
                GlobalAveragePoolLayer => new(Assign($"torch.mean({x.Name}, [2, 3], True)"), new(x.Shape.Channels, 1, 1), Free: true),
                LinearLayer linear => InferLinear(linear, x),
                ResidualLayer residual => InferResidual(residual, x),
                _ => throw new InvalidOperationException($"unknown layer {layer}"),
            };
            groups = "K";
        }

        return x;
    }

    private Value InferConv(ConvLayer conv, Value x, string groups)
    {
        var weight = Take(ParameterKind.ConvWeight);
        var output = new Value(Name(), NetworkShapes.Slide(x.Shape, conv.Filters, conv.Kernel, conv.Stride, conv.Padding), Free: true);
        var window = $"[{conv.Stride}, {conv.Stride}], [{conv.Padding}, {conv.Padding}], [1, 1], {groups}";
        if (normalisation is { AfterConvolutions: true, HasStatistics: true })
        {
            var (factor, shift) = Fold();
            var cast = half ? Half : "";
            Line($"{output.Name} = torch.conv2d({x.Name}, (w{weight} * {factor}.view(-1, 1, 1, 1)){cast}, {shift}{cast}, {window})");
            return output;
        }

        var bias = normalisation.AfterConvolutions ? "None" : $"w{Take(ParameterKind.Bias)}";
        Line($"{output.Name} = torch.conv2d({x.Name}, w{weight}, {bias}, {window})");
        return normalisation.AfterConvolutions ? Normalise(output).Output : output;
    }

    private Value InferLinear(LinearLayer linear, Value x)
    {
        var (_, product) = Product(x, Take(ParameterKind.LinearWeight));
        var outputs = linear.Outputs ?? classes;
        var normalised = linear.Outputs is not null && normalisation.AfterHiddenLayers;
        if (!normalised)
        {
            Line($"{product}.add_(w{Take(ParameterKind.Bias)})");
        }

        if (linear.Outputs is null)
        {
            return new(product, new(outputs, 1, 1), Free: true);
        }

        var map = new Value(Assign($"{product}.permute(1, 0, 2).reshape(b, K * {outputs}, 1, 1)"), new(outputs, 1, 1), Free: true);
        if (!normalised)
        {
            return map;
        }

        if (!normalisation.HasStatistics)
        {
            return Normalise(map).Output;
        }

        var (factor, shift) = Fold();
        return map with { Name = Assign($"({map.Name} * {factor}.view(1, -1, 1, 1) + {shift}.view(1, -1, 1, 1)){(half ? Half : "")}") };
    }

    private Value InferResidual(ResidualLayer residual, Value x)
    {
        var branch = Infer(residual.Layers, x with { Free = false }, "K");
        if (branch.Shape == x.Shape)
        {
            return Add(branch, x.Name);
        }

        if (residual.Shortcut == Shortcut.Projection)
        {
            return Add(branch, InferConv(NetworkShapes.Projection(x.Shape, branch.Shape), x, "K").Name);
        }

        var output = branch with { Name = Assign($"{branch.Name}.contiguous({ChannelsLast})"), Free = true };
        Line($"{OwnChannels(output, x.Shape)}.add_({Subsampled(x, output.Shape)})");
        return output;
    }

    /// <summary>γ/√(σ² + ε) and β − μ·γ/√(σ² + ε).</summary>
    private (string Factor, string Shift) Fold()
    {
        var (scale, shift) = (Take(ParameterKind.Scale), Take(ParameterKind.Shift));
        var (mean, variance) = (Take(ParameterKind.RunningMean), Take(ParameterKind.RunningVariance));
        var factor = Assign($"w{scale} * torch.rsqrt(s{variance} + {Number(Epsilon)})");
        return (factor, Assign($"w{shift} - s{mean} * {factor}"));
    }
}
