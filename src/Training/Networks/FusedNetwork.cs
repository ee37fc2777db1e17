using SmallBatch.Specs.Networks;
using SmallBatch.Specs.Settings;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SmallBatch.Training.Networks;

/// <summary>
/// K replicas as one network with K groups: grouped convolutions, batch normalisation over K·C channels, a batched product
/// for linear layers. Maps are channels-last, [b, h, w, K·C], so a replica's channels lie together at every position, and
/// from K = 2 up its bits do not depend on its neighbours.
/// </summary>
internal sealed class FusedNetwork : IDisposable
{
    private const double Epsilon = 1e-5;
    private readonly NetworkSpec network;
    private readonly MapShape image;
    private readonly int classes;
    private readonly BatchNormalisation batchNorm;
    private readonly Tensor[] tensors;
    private int next;

    /// <summary>A network of <paramref name="groups"/> replicas, at least 2, with undefined values until they are written.</summary>
    public FusedNetwork(NetworkSpec network, MapShape image, int classes, BatchNormalisation batchNorm, int groups, ScalarType type, Device device)
    {
        (this.network, this.image, this.classes, this.batchNorm, Groups) = (network, image, classes, batchNorm, groups);
        Parameters = NetworkParameters.Of(network, image, classes, batchNorm);
        tensors = [.. Parameters.Select(p => Allocate(p, groups, type, device))];
        Trained = [.. tensors.Where((_, i) => Parameters[i].IsTrained)];
    }

    /// <summary>K.</summary>
    public int Groups { get; }

    /// <summary>One replica's parameters and running statistics, in order.</summary>
    public IReadOnlyList<ParameterSpec> Parameters { get; }

    /// <summary>The tensors that the optimiser changes, in order.</summary>
    public IReadOnlyList<Tensor> Trained { get; }

    /// <summary>A view of one replica's part of a parameter, in that parameter's own shape.</summary>
    public Tensor Slice(int parameter, int group)
    {
        var spec = Parameters[parameter];
        return spec.Kind == ParameterKind.LinearWeight || (spec.Kind == ParameterKind.Bias && spec.Shape.Length == 2)
            ? tensors[parameter][group]
            : tensors[parameter].narrow(0, group * spec.Shape[0], spec.Shape[0]);
    }

    /// <summary>
    /// Logits [K, b, classes] of images [b, h, w, K·channels]. In training, batch normalisation uses the batch and moves the
    /// running statistics by <paramref name="momentum"/>; otherwise it uses those.
    /// </summary>
    public Tensor Forward(Tensor images, bool training, double momentum)
    {
        next = 0;
        var output = Follow(network.Layers, images.permute(0, 3, 1, 2), image, training, momentum, out _);
        return output;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }
    }

    private static Tensor Allocate(ParameterSpec spec, int groups, ScalarType type, Device device)
    {
        Tensor made;
        switch (spec.Kind)
        {
            case ParameterKind.ConvWeight:
                // [K·out, in, k, k] in channels-last strides, as the maps are.
                using (var plain = zeros([groups * spec.Shape[0], spec.Shape[2], spec.Shape[3], spec.Shape[1]], type, device))
                {
                    made = plain.permute(0, 3, 1, 2);
                }

                break;
            case ParameterKind.LinearWeight:
                made = zeros([groups, spec.Shape[0], spec.Shape[1]], type, device);
                break;
            case ParameterKind.Bias when spec.Shape.Length == 2:
                made = zeros([groups, 1, spec.Shape[1]], type, device);
                break;
            default:
                made = zeros([groups * spec.Shape[0]], type, device);
                break;
        }

        made = made.DetachFromDisposeScope();
        return spec.IsTrained ? made.requires_grad_(true) : made;
    }

    private Tensor Follow(IReadOnlyList<Layer> layers, Tensor x, MapShape shape, bool training, double momentum, out MapShape output)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case ConvLayer conv:
                    var weight = tensors[next++];
                    var normalised = batchNorm != BatchNormalisation.None;
                    var bias = normalised ? null : tensors[next++];
                    x = F.conv2d(x, weight, bias, [conv.Stride, conv.Stride], [conv.Padding, conv.Padding], groups: Groups);
                    x = normalised ? Normalise(x, training, momentum) : x;
                    shape = NetworkShapes.Slide(shape, conv.Filters, conv.Kernel, conv.Stride, conv.Padding);
                    break;
                case ReluLayer:
                    x = F.relu(x);
                    break;
                case MaxPoolLayer pool:
                    x = F.max_pool2d(x, [pool.Kernel, pool.Kernel], [pool.Stride, pool.Stride], [pool.Padding, pool.Padding]);
                    shape = NetworkShapes.Slide(shape, shape.Channels, pool.Kernel, pool.Stride, pool.Padding);
                    break;
                case GlobalAveragePoolLayer:
                    x = F.avg_pool2d(x, [shape.Height, shape.Width]);
                    shape = new(shape.Channels, 1, 1);
                    break;
                case LinearLayer linear:
                    (x, shape) = Linear(linear, x, shape, training, momentum);
                    break;
                case ResidualLayer residual:
                    var branch = Follow(residual.Layers, x, shape, training, momentum, out var inner);
                    x = branch + Shortcut(x, shape, inner);
                    shape = inner;
                    break;
                default:
                    throw new InvalidOperationException($"unknown layer {layer}");
            }
        }

        output = shape;
        return x;
    }

    /// <summary>Returns [K, b, out] for the classifier, and a map [b, K·out, 1, 1] for a hidden layer.</summary>
    private (Tensor Output, MapShape Shape) Linear(LinearLayer linear, Tensor x, MapShape shape, bool training, double momentum)
    {
        var weight = tensors[next++];
        var count = x.shape[0];
        var outputs = linear.Outputs ?? classes;

        // [b, K·C, h, w] is [b, h, w, K, C] in memory; a replica's features are taken position by position.
        var features = x.permute(0, 2, 3, 1).reshape(count, shape.Height * shape.Width, Groups, shape.Channels)
            .permute(2, 0, 1, 3).reshape(Groups, count, shape.Size);
        var product = bmm(features, weight);
        var normalised = linear.Outputs is not null && batchNorm == BatchNormalisation.All;
        if (!normalised)
        {
            // As a product with ones, so that the bias's gradient is summed the same way whatever K is.
            product += bmm(ones([Groups, count, 1], product.dtype, product.device), tensors[next++]);
        }

        if (linear.Outputs is null)
        {
            return (product, new(outputs, 1, 1));
        }

        var map = product.permute(1, 0, 2).reshape(count, 1, 1, Groups * outputs).permute(0, 3, 1, 2);
        return (normalised ? Normalise(map, training, momentum) : map, new(outputs, 1, 1));
    }

    private Tensor Normalise(Tensor x, bool training, double momentum)
    {
        var (scale, shift, mean, variance) = (tensors[next], tensors[next + 1], tensors[next + 2], tensors[next + 3]);
        next += 4;
        return F.batch_norm(x, mean, variance, scale, shift, training, momentum, Epsilon);
    }

    /// <summary>Option A of He et al. 2015: every stride-th position, and zero channels behind the input's own.</summary>
    private Tensor Shortcut(Tensor x, MapShape from, MapShape to)
    {
        if (from == to)
        {
            return x;
        }

        var stride = from.Height / to.Height;
        var rows = x.permute(0, 2, 3, 1).slice(1, 0, from.Height, stride).slice(2, 0, from.Width, stride);
        var grouped = rows.reshape(x.shape[0], to.Height, to.Width, Groups, from.Channels);
        return F.pad(grouped, [0, to.Channels - from.Channels]).reshape(x.shape[0], to.Height, to.Width, Groups * to.Channels).permute(0, 3, 1, 2);
    }
}
