using SmallBatch.Specs.Networks;

namespace SmallBatch.Training.Networks;

/// <summary>Each layer's lines, forward and backward.</summary>
internal sealed partial class StepScript
{
    private (Value Output, Backward Backward) NormalisedConv(ConvLayer conv, Value x)
    {
        var (output, backward) = Conv(conv, x);
        if (!normalisation.AfterConvolutions)
        {
            return (output, backward);
        }

        var (normalised, normBackward) = Normalise(output);
        return (normalised, (g, wanted) => backward(normBackward(g, true)!, wanted));
    }

    private (Value Output, Backward Backward) Conv(ConvLayer conv, Value x)
    {
        var weight = Take(ParameterKind.ConvWeight);
        int? bias = normalisation.AfterConvolutions ? null : Take(ParameterKind.Bias);
        var output = new Value(Name(), NetworkShapes.Slide(x.Shape, conv.Filters, conv.Kernel, conv.Stride, conv.Padding), Free: true);
        var window = $"[{conv.Stride}, {conv.Stride}], [{conv.Padding}, {conv.Padding}], [1, 1]";
        Line($"{output.Name} = torch.conv2d({x.Name}, w{weight}, {(bias is { } i ? $"w{i}" : "None")}, {window}, K)");
        return (output, (g, wanted) =>
        {
            var (gx, gw, gb) = (Name(), Name(), Name());
            var outputs = bias is null ? "None" : $"[K * {conv.Filters}]";
            Line($"{gx}, {gw}, {gb} = torch.convolution_backward({g}, {x.Name}, w{weight}, {outputs}, {window}, False, [0, 0], K, [{wanted}, True, {bias is not null}])");
            SetGradient(weight, $"{gw}.permute(0, 2, 3, 1).reshape(K, -1)");
            if (bias is { } at)
            {
                SetGradient(at, $"{gb}.view(K, -1)");
            }

            return wanted ? gx : null;
        }
        );
    }

    private (Value Output, Backward Backward) Normalise(Value x)
    {
        var (scale, shift) = (Take(ParameterKind.Scale), Take(ParameterKind.Shift));
        var (output, mean, deviation) = (x with { Name = Name(), Free = true }, Name(), Name());
        string backwards;
        if (normalisation.Groups is { } groups)
        {
            var sizes = $"b, K * {x.Shape.Channels}, {x.Shape.Height * x.Shape.Width}, K * {groups}";
            Line($"{output.Name}, {mean}, {deviation} = torch.native_group_norm({x.Name}, {Param(scale)}, {Param(shift)}, {sizes}, {Number(Epsilon)})");
            backwards = $"torch.native_group_norm_backward($, {x.Name}, {mean}, {deviation}, {Param(scale)}, {sizes}, [True, True, True])";
        }
        else
        {
            var statistics = $"s{Take(ParameterKind.RunningMean)}, s{Take(ParameterKind.RunningVariance)}";
            Line($"{output.Name}, {mean}, {deviation} = torch.native_batch_norm({x.Name}, w{scale}, w{shift}, {statistics}, True, momentum, {Number(Epsilon)})");
            backwards = $"torch.native_batch_norm_backward($, {x.Name}, w{scale}, {statistics}, {mean}, {deviation}, True, {Number(Epsilon)}, [True, True, True])";
        }

        return (output, (g, _) =>
        {
            var (gx, gs, gb) = (Name(), Name(), Name());
            Line($"{gx}, {gs}, {gb} = {backwards.Replace("$", g, StringComparison.Ordinal)}");
            SetGradient(scale, $"{gs}.view(K, -1)");
            SetGradient(shift, $"{gb}.view(K, -1)");
            return gx;
        }
        );
    }

    private (Value Output, Backward Backward) Relu(Value x)
    {
        var output = x with { Name = Name(), Free = false };
        Line($"{output.Name} = torch.relu{(x.Free ? "_" : "")}({x.Name})");
        return (output, (g, _) => Assign($"torch.threshold_backward({g}, {output.Name}, 0)"));
    }

    private (Value Output, Backward Backward) MaxPool(MaxPoolLayer pool, Value x)
    {
        var output = new Value(Name(), NetworkShapes.Slide(x.Shape, x.Shape.Channels, pool.Kernel, pool.Stride, pool.Padding), Free: true);
        var places = Name();
        var window = $"[{pool.Kernel}, {pool.Kernel}], [{pool.Stride}, {pool.Stride}], [{pool.Padding}, {pool.Padding}], [1, 1], False";
        Line($"{output.Name}, {places} = torch.max_pool2d_with_indices({x.Name}, {window})");
        return (output, (g, _) => Assign($"torch.max_pool2d_with_indices_backward({g}, {x.Name}, {window}, {places})"));
    }

    private (Value Output, Backward Backward) Average(Value x)
    {
        var output = new Value(Name(), new(x.Shape.Channels, 1, 1), Free: true);
        Line($"{output.Name} = torch.mean({x.Name}, [2, 3], True)");
        var (channels, height, width) = (x.Shape.Channels, x.Shape.Height, x.Shape.Width);
        return (output, (g, _) => Assign($"{g}.div({height * width}.0).expand(b, K * {channels}, {height}, {width}).contiguous({ChannelsLast})"));
    }

    /// <summary>Answers [K, b, classes] for the classifier, and a map [b, K·outputs, 1, 1] for a hidden layer.</summary>
    private (Value Output, Backward Backward) Linear(LinearLayer linear, Value x)
    {
        var weight = Take(ParameterKind.LinearWeight);
        var outputs = linear.Outputs ?? classes;
        var hidden = linear.Outputs is not null;
        var normalised = hidden && normalisation.AfterHiddenLayers;
        var (height, width, channels, positions) = (x.Shape.Height, x.Shape.Width, x.Shape.Channels, x.Shape.Height * x.Shape.Width);
        var (features, product) = Product(x, weight);
        int? bias = normalised ? null : Take(ParameterKind.Bias);
        if (bias is { } added)
        {
            Line($"{product}.add_(w{added})");
        }

        var output = new Value(product, new(outputs, 1, 1), Free: true);
        Backward? normBackward = null;
        if (hidden)
        {
            output = output with { Name = Assign($"{product}.permute(1, 0, 2).reshape(b, K * {outputs}, 1, 1)") };
            if (normalised)
            {
                (output, normBackward) = Normalise(output);
            }
        }

        return (output, (g, wanted) =>
        {
            g = normBackward is null ? g : normBackward(g, true)!;
            g = hidden ? Assign($"{g}.reshape(b, K, {outputs}).permute(1, 0, 2).contiguous()") : g;
            SetGradient(weight, $"torch.bmm({features}.transpose(1, 2), {g}).view(K, -1)");
            if (bias is { } at)
            {
                // As a product with ones it is summed the same way whatever K is.
                SetGradient(at, $"torch.bmm(torch.ones([K, 1, b], dtype={g}.dtype, device={g}.device), {g}).view(K, -1)");
            }

            return wanted
                ? Assign($"torch.bmm({g}, w{weight}.transpose(1, 2)).reshape(K, b, {positions}, {channels}).permute(1, 2, 0, 3).reshape(b, {height}, {width}, K * {channels}).permute(0, 3, 1, 2)")
                : null;
        }
        );
    }

    /// <summary>A replica's features, position by position, times its weights: [K, b, outputs].</summary>
    private (string Features, string Product) Product(Value x, int weight)
    {
        var positions = x.Shape.Height * x.Shape.Width;
        var features = Assign($"{x.Name}.permute(0, 2, 3, 1).reshape(b, {positions}, K, {x.Shape.Channels}).permute(2, 0, 1, 3).reshape(K, b, {x.Shape.Size})");
        return (features, Assign($"torch.bmm({features}, w{weight})"));
    }

    private (Value Output, Backward Backward) Residual(ResidualLayer residual, Value x)
    {
        var (branch, branchBackward) = Follow(residual.Layers, x with { Free = false });
        if (branch.Shape != x.Shape && residual.Shortcut == Shortcut.Projection)
        {
            var (projected, projectedBackward) = NormalisedConv(NetworkShapes.Projection(x.Shape, branch.Shape), x with { Free = false });
            return (Add(branch, projected.Name), (g, wanted) =>
            {
                var (gx, gp) = (branchBackward(g, wanted), projectedBackward(g, wanted));
                return gx is null ? null : Assign($"{gx}.add_({gp})");
            }
            );
        }

        if (branch.Shape == x.Shape)
        {
            return (Add(branch, x.Name), (g, wanted) => branchBackward(g, wanted) is { } gx ? Assign($"{gx}.add_({g})") : null);
        }

        var output = branch with { Name = Assign($"{branch.Name}{(branch.Free ? "" : ".clone()")}.contiguous({ChannelsLast})"), Free = true };
        Line($"{OwnChannels(output, x.Shape)}.add_({Subsampled(x, output.Shape)})");
        return (output, (g, wanted) =>
        {
            if (branchBackward(g, wanted) is not { } gx)
            {
                return null;
            }

            var whole = x with { Name = Assign($"{gx}.contiguous({ChannelsLast})") };
            var part = output with { Name = Assign($"{g}.contiguous({ChannelsLast})") };
            Line($"{Subsampled(whole, output.Shape)}.add_({OwnChannels(part, x.Shape)})");
            return whole.Name;
        }
        );
    }

    private Value Add(Value branch, string other) =>
        branch with { Name = Assign(branch.Free ? $"{branch.Name}.add_({other})" : $"{branch.Name} + {other}"), Free = true };

    /// <summary>A view of a map's first channels in every replica, as many as a residual's input has: [b, h, w, K, C].</summary>
    private static string OwnChannels(Value map, MapShape input) =>
        $"{map.Name}.permute(0, 2, 3, 1).view(b, {map.Shape.Height}, {map.Shape.Width}, K, {map.Shape.Channels}).narrow(4, 0, {input.Channels})";

    /// <summary>A view of every stride-th position of a residual's input: [b, h, w, K, C] (option A of He et al. 2015).</summary>
    private static string Subsampled(Value input, MapShape output)
    {
        var stride = NetworkShapes.Stride(input.Shape, output);
        return $"{input.Name}.permute(0, 2, 3, 1).view(b, {input.Shape.Height}, {input.Shape.Width}, K, {input.Shape.Channels})[:, ::{stride}, ::{stride}]";
    }

    /// <summary>Group normalisation wants its parameters in the map's own type.</summary>
    private string Param(int index) => half ? $"w{index}{Half}" : $"w{index}";

    /// <summary>A parameter's gradient, [K, values of one replica], in the order of its memory.</summary>
    private void SetGradient(int parameter, string value) => gradients[parameter] = Assign(half ? $"{value}.float()" : value);
}
