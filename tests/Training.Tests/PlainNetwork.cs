using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using SmallBatch.Training.Networks;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SmallBatch.Training.Tests;

/// <summary>One replica as the framework's plain, ungrouped operations with autograd train it: the oracle of the step program.</summary>
internal sealed class PlainNetwork(NetworkSpec network, Normalisation normalisation, IReadOnlyList<ParameterSpec> specs, Tensor[] values)
{
    private int next;

    public Tensor[] Values { get; } = values;

    public Tensor[] Trained { get; } = [.. values.Where((_, i) => specs[i].IsTrained)];

    public Tensor Forward(Tensor images, bool training, double momentum)
    {
        next = 0;
        return Follow(network.Layers, images, training, momentum);
    }

    private Tensor Follow(IReadOnlyList<Layer> layers, Tensor x, bool training, double momentum)
    {
        foreach (var layer in layers)
        {
            x = layer switch
            {
                ConvLayer conv => Conv(conv, x, training, momentum),
                ReluLayer => F.relu(x),
                MaxPoolLayer p => F.max_pool2d(x, [p.Kernel, p.Kernel], [p.Stride, p.Stride], [p.Padding, p.Padding]),
                GlobalAveragePoolLayer => x.mean([2, 3], keepdim: true),
                LinearLayer linear => Linear(linear, x, training, momentum),
                ResidualLayer residual => Residual(residual, x, training, momentum),
                _ => throw new InvalidOperationException($"unknown layer {layer}"),
            };
        }

        return x;
    }

    private Tensor Conv(ConvLayer conv, Tensor x, bool training, double momentum)
    {
        var weight = Values[next++];
        var bias = normalisation.AfterConvolutions ? null : Values[next++];
        x = F.conv2d(x, weight, bias, [conv.Stride, conv.Stride], [conv.Padding, conv.Padding]);
        return normalisation.AfterConvolutions ? Normalise(x, training, momentum) : x;
    }

    private Tensor Linear(LinearLayer linear, Tensor x, bool training, double momentum)
    {
        // Features position by position, as the weights are laid out.
        x = x.permute(0, 2, 3, 1).flatten(1).mm(Values[next++]);
        if (linear.Outputs is not null && normalisation.AfterHiddenLayers)
        {
            return Normalise(x.unsqueeze(2).unsqueeze(3), training, momentum);
        }

        x += Values[next++];
        return linear.Outputs is null ? x : x.unsqueeze(2).unsqueeze(3);
    }

    private Tensor Residual(ResidualLayer residual, Tensor x, bool training, double momentum)
    {
        var branch = Follow(residual.Layers, x, training, momentum);
        if (branch.shape.SequenceEqual(x.shape))
        {
            return branch + x;
        }

        if (residual.Shortcut == Shortcut.Projection)
        {
            var stride = (int)(x.shape[2] / branch.shape[2]);
            return branch + Conv(new((int)branch.shape[1], 1, stride, 0), x, training, momentum);
        }

        var step = x.shape[2] / branch.shape[2];
        var rows = x[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(step: step), TensorIndex.Slice(step: step)];
        return branch + F.pad(rows, [0, 0, 0, 0, 0, branch.shape[1] - x.shape[1]]);
    }

    private Tensor Normalise(Tensor x, bool training, double momentum)
    {
        var (scale, shift) = (Values[next++], Values[next++]);
        if (normalisation.Groups is { } groups)
        {
            return F.group_norm(x, groups, scale, shift, StepScript.Epsilon);
        }

        var (mean, variance) = (Values[next++], Values[next++]);
        return F.batch_norm(x, mean, variance, scale, shift, training, momentum, StepScript.Epsilon);
    }
}
